using System.Text.Json;

namespace JiraWebhooks.Jira;

/// <summary>Body of the search
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/#api-rest-api-3-search-jql-post"/>).</summary>
public sealed record IssueSearch(string Jql, int MaxResults, IReadOnlyList<string> Fields)
{
    /// <summary>Token from the previous page; null for the first.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? NextPageToken { get; init; }
}

/// <summary>One page of issues, each as Jira wrote it.</summary>
public sealed record IssuePage
{
    /// <summary>The issues.</summary>
    public IReadOnlyList<JsonElement>? Issues { get; init; }

    /// <summary>Token for the next page; null on the last.</summary>
    public string? NextPageToken { get; init; }
}
