using System.Text;
using System.Text.RegularExpressions;
using JiraWebhooks.OAuth;

namespace LocalHost.Connect;

/// <summary>The settings to paste for a site that a grant covers.</summary>
internal static partial class ConnectSettings
{
    private const int LongestSlug = 32;

    /// <summary>Returns one text per site.</summary>
    public static IEnumerable<string> For(IEnumerable<AccessibleResource> sites, string clientId, string grant)
    {
        var taken = new HashSet<string>();
        foreach (var site in sites)
        {
            var url = site.Url ?? new Uri("https://your-site.atlassian.net");
            yield return For(site, url, Slug(url, taken), clientId, grant);
        }
    }

    // The first label of the address is unique, short and nearly always a valid slug. In Azure a slug has no hyphens, and without them two may be equal.
    private static string Slug(Uri url, HashSet<string> taken)
    {
        var label = NotSlug().Replace(url.Host.Split('.')[0].ToLowerInvariant(), "");
        for (var number = 1; ; number++)
        {
            var suffix = number == 1 ? "" : $"{number}";
            var slug = $"{label[..Math.Min(label.Length, LongestSlug - suffix.Length)]}{suffix}";
            if (taken.Add(slug)) return slug;
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

    [GeneratedRegex("[^a-z0-9]")]
    private static partial Regex NotSlug();
}
