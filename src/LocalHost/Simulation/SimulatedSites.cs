using JiraSimulator;

namespace LocalHost.Simulation;

/// <summary>The sites of the simulated Jira, one of each kind, and the settings that connect the app to them.</summary>
public static class SimulatedSites
{
    /// <summary>The site with an OAuth 2.0 app.</summary>
    public const string OAuth = "acme";

    /// <summary>The site with a Connect app.</summary>
    public const string Connect = "globex";

    /// <summary>A second site under the grant of <see cref="OAuth"/>, in the demo.</summary>
    public const string SecondOAuth = "hooli";

    /// <summary>The site with an administrator's webhook.</summary>
    public const string Admin = "initech";

    /// <summary>Adds the sites to <paramref name="jira"/>; the administrator's webhook points to <paramref name="baseUrl"/>.</summary>
    public static void Add(SimulatedJira jira, Uri baseUrl)
    {
        jira.AddSite(new SimulatedSiteOptions(OAuth, SimulatedAuth.OAuth));
        jira.AddSite(new SimulatedSiteOptions(Connect, SimulatedAuth.Connect));
        AddAdmin(jira, baseUrl);
    }

    /// <summary>Adds only the site with the administrator's webhook.</summary>
    public static void AddAdmin(SimulatedJira jira, Uri baseUrl) =>
        jira.AddSite(new SimulatedSiteOptions(Admin, SimulatedAuth.AdminWebhook) { AdminWebhookUrl = new Uri(baseUrl, $"/api/deliveries/{Admin}") });

    /// <summary>Returns the settings for all sites of <paramref name="jira"/>, which runs at <paramref name="root"/>.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Settings(SimulatedJira jira, Uri root)
    {
        var address = root.AbsoluteUri.TrimEnd('/');
        return
        [
            new("AtlassianApiUrl", address),
            new("AtlassianAuthUrl", address),
            .. jira.Sites.SelectMany(site => Of(site.Options, jira, address).Select(setting => KeyValuePair.Create($"Sites:{site.Options.Slug}:{setting.Name}", (string?)setting.Value))),
        ];
    }

    private static IEnumerable<(string Name, string Value)> Of(SimulatedSiteOptions site, SimulatedJira jira, string address)
    {
        IEnumerable<(string, string)> common = [("Url", site.Url), ("Scheme", site.Auth.ToString()), ("Secret", site.Secret)];
        return site.Auth switch
        {
            SimulatedAuth.OAuth =>
            [
                .. common, ("CloudId", site.CloudId), ("ClientId", site.ClientId), ("Grant", $"simulated-{Guid.NewGuid():N}"),
                ("RefreshToken", jira.OAuth.IssueGrant(site.ClientId)), .. Webhooks,
            ],
            SimulatedAuth.Connect => [.. common, ("AppKey", site.AppKey), ("ClientKey", site.ClientKey), ("ApiUrl", $"{address}/sites/{site.Slug}"), .. Webhooks],
            _ => common,
        };
    }

    /// <summary>The declared webhooks of every site, as names and values of settings.</summary>
    internal static IEnumerable<(string Name, string Value)> Webhooks =>
    [
        ("Webhooks:issues:Jql", "project = SHOP"),
        ("Webhooks:issues:Events:0", "jira:issue_created"),
        ("Webhooks:issues:Events:1", "jira:issue_updated"),
        ("Webhooks:issues:Events:2", "jira:issue_deleted"),
        ("Webhooks:comments:Jql", "project = SHOP"),
        ("Webhooks:comments:Events:0", "comment_created"),
        ("Webhooks:comments:Events:1", "comment_updated"),
    ];
}
