using System.Net.Http.Headers;

namespace JiraWebhooks.Hosting;

/// <summary>How this app names itself in calls to Atlassian: support can find its calls by this.</summary>
internal static class UserAgent
{
    /// <summary>Name and version.</summary>
    public static ProductInfoHeaderValue Value { get; } = new("jira-webhooks", typeof(UserAgent).Assembly.GetName().Version!.ToString(3));
}
