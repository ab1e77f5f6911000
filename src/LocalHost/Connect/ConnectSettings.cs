using System.Text;
using System.Text.RegularExpressions;
using JiraWebhooks.Sites.OAuth;

namespace LocalHost.Connect;

/// <summary>The settings to paste for a site that a grant covers.</summary>
internal static partial class ConnectSettings
{
    public static string For(AccessibleResource site, string clientId, string grant)
    {
        // The first label of the address is unique, short and nearly always a fit slug.
        var url = site.Url ?? new Uri("https://your-site.atlassian.net");
        var slug = NotSlug().Replace(url.Host.Split('.')[0].ToLowerInvariant(), "");
        (string Name, string Value)[] settings =
        [
            ("Url", url.AbsoluteUri.TrimEnd('/')), ("Scheme", "OAuth"), ("CloudId", site.Id), ("ClientId", clientId), ("Grant", grant), ("Secret", "..."),
            ("Subscriptions__issues__Events__0", "jira:issue_created"), ("Subscriptions__issues__Events__1", "jira:issue_updated"), ("Subscriptions__issues__Jql", "project != EMPTY"),
        ];
        return settings.Aggregate(new StringBuilder(), (text, setting) =>
            text.Append($"    \"Sites__{slug}__{setting.Name}\": \"{setting.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\",\n")).ToString();
    }

    [GeneratedRegex("[^a-z0-9]")]
    private static partial Regex NotSlug();
}
