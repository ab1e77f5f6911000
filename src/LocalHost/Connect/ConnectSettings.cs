using System.Text;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;

namespace LocalHost.Connect;

/// <summary>The settings to paste for a site that a grant covers.</summary>
internal static class ConnectSettings
{
    /// <summary>Returns one text per site.</summary>
    public static IEnumerable<string> For(IEnumerable<AccessibleResource> sites, string clientId, string grant)
    {
        var taken = new HashSet<string>();
        foreach (var site in sites)
        {
            var url = site.Url ?? new Uri("https://your-site.atlassian.net");
            yield return For(site, url, SiteSlug.New(url, taken, hyphens: false), clientId, grant);
        }
    }

    private static string For(AccessibleResource site, Uri url, string slug, string clientId, string grant)
    {
        (string Name, string Value)[] settings =
        [
            ("Url", url.AbsoluteUri.TrimEnd('/')), ("Scheme", "OAuth"), ("CloudId", site.Id), ("ClientId", clientId), ("Grant", grant), ("Secret", "..."),
            ("Webhooks__issues__Events__0", "jira:issue_created"), ("Webhooks__issues__Events__1", "jira:issue_updated"), ("Webhooks__issues__Jql", "project != EMPTY"),
        ];
        return settings.Aggregate(new StringBuilder(), (text, setting) =>
            text.Append($"    \"Sites__{slug}__{setting.Name}\": \"{setting.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\",\n")).ToString();
    }
}
