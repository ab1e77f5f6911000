using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Webhooks;

/// <summary>Rejects before the call what Jira always refuses, or accepts and never delivers. Filters are left to Jira: it answers for each one, and a
/// list of its fields and operators here would reject what Jira accepts.</summary>
internal static class DeclaredWebhookValidator
{
    // https://developer.atlassian.com/cloud/jira/platform/webhooks/#supported-ports
    private static readonly HashSet<int> Ports =
        [443, 4044, 6017, 7990, 8060, 8080, 8085, 8089, 8090, 8443, 8444, 8900, 9900, 9420, 9520, .. Enumerable.Range(1880, 11)];

    /// <summary>Maximum number of webhooks of an app on a site (<see href="https://developer.atlassian.com/cloud/jira/platform/webhooks/"/>).</summary>
    public static int Limit(SiteScheme scheme) => scheme is SiteScheme.Connect ? 100 : 5;

    /// <summary>The error in a declared webhook, or null.</summary>
    public static string? Problem(DeclaredWebhook declared)
    {
        if (declared.Events.Count == 0 || declared.Events.Any(string.IsNullOrWhiteSpace)) return $"Webhook {declared.Name}: it has no Events, or an empty one.";

        return string.IsNullOrWhiteSpace(declared.Jql)
            ? $"Webhook {declared.Name}: its Jql is empty, which Jira refuses; `project != EMPTY` matches everything."
            : null;
    }

    /// <summary>The error in the callback URL, or null. A simulator on this machine accepts a URL on this machine.</summary>
    public static string? Problem(Uri callback, Site site)
    {
        if (callback.IsLoopback && site.ApiUrl.IsLoopback) return null;
        if (callback.IsLoopback) return "PublicBaseUrl is an address of this machine, which Jira cannot reach. Start a tunnel and set PublicBaseUrl to its https address.";
        if (callback.Scheme != Uri.UriSchemeHttps) return "PublicBaseUrl must be https: Jira delivers only to https.";
        if (SettingsParser.HasQuery(callback) || SettingsParser.HasUser(callback)) return "PublicBaseUrl must have no query, fragment or user info.";

        return Ports.Contains(callback.Port) ? null : $"PublicBaseUrl has port {callback.Port}, to which Jira does not deliver; 443 is the safe one.";
    }
}
