using JiraSimulator;
using static EndToEnd.Tests.Contract.Names;

namespace EndToEnd.Tests.Contract;

/// <summary>The sites of a <see cref="ContractWorld"/>: one of each kind in the settings, one without usable settings, one without a grant, and
/// one that is only known to Jira.</summary>
internal static class ContractSites
{
    /// <summary>OAuth, in the settings.</summary>
    public const string Acme = "acme";

    /// <summary>Connect, in the settings.</summary>
    public const string Globex = "globex";

    /// <summary>Connect, in the settings, with a cursor that a test spoils.</summary>
    public const string Vandelay = "vandelay";

    /// <summary>An administrator's webhook, in the settings.</summary>
    public const string Initech = "initech";

    /// <summary>OAuth in the settings, and its grant is missing.</summary>
    public const string Stark = "stark";

    /// <summary>In the settings without a secret.</summary>
    public const string Umbrella = "umbrella";

    /// <summary>OAuth with the app of the settings, not connected yet.</summary>
    public const string Hooli = "hooli";

    /// <summary>Account whose changes are the app's own.</summary>
    public const string OwnAccount = "account-of-the-app";

    /// <summary>The secret of a site before the last rotation.</summary>
    public const string PreviousSecret = "the-secret-before-the-last-rotation";

    private const string Never = "0 0 0 1 1 *";

    public static IEnumerable<SimulatedSiteOptions> Of(Uri host)
    {
        var acme = new SimulatedSiteOptions(Acme, SimulatedAuth.OAuth);
        return
        [
            acme, new(Globex, SimulatedAuth.Connect), new(Vandelay, SimulatedAuth.Connect), new(Initech, SimulatedAuth.AdminWebhook) { AdminWebhookUrl = new Uri(host, $"/api/deliveries/{Initech}") },
            new(Stark, SimulatedAuth.OAuth), new(Hooli, SimulatedAuth.OAuth) { ClientId = acme.ClientId, Secret = acme.Secret },
        ];
    }

    public static Dictionary<string, string?> Settings(ContractWorld world, string jira)
    {
        var app = world.Site(Acme);
        var settings = new Dictionary<string, string?>
        {
            [Setting.Storage] = world.Storage,
            [Setting.ApiUrl] = jira,
            [Setting.AuthUrl] = jira,
            [Setting.ClientId] = app.ClientId,
            [Setting.ClientSecret] = app.Secret,
            [Setting.RefreshSchedule] = Never,
            [Setting.PollSchedule] = Never,
            [$"{Setting.Webhooks}__issues__Jql"] = "project = SHOP",
            [$"{Setting.Webhooks}__issues__Events__0"] = "jira:issue_updated",
            [Setting.Collector] = world.Collector.Address.AbsoluteUri,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        };
        foreach (var site in world.Jira.Sites.Select(site => site.Options).Where(site => site.Slug != Hooli))
        {
            foreach (var (name, value) in Of(site, jira)) settings[Setting.Site(site.Slug, name)] = value;
        }

        settings[Setting.Site(Acme, "PreviousSecret")] = PreviousSecret;
        settings[Setting.Site(Acme, "RefreshToken")] = world.Jira.OAuth.IssueGrant(app.ClientId);
        settings[Setting.Site(Acme, "OwnAccountIds__0")] = OwnAccount;
        settings[Setting.Site(Umbrella, "Scheme")] = "AdminWebhook";
        settings[Setting.Site(Umbrella, "Url")] = "https://umbrella.atlassian.net";
        return settings;
    }

    private static IEnumerable<(string Name, string Value)> Of(SimulatedSiteOptions site, string jira)
    {
        IEnumerable<(string, string)> common = [("Scheme", site.Auth.ToString()), ("Url", site.Url), ("Secret", site.Secret)];
        IEnumerable<(string, string)> webhook = [($"{Setting.Webhooks}__issues__Jql", "project = SHOP"), ($"{Setting.Webhooks}__issues__Events__0", "jira:issue_updated")];
        return site.Auth switch
        {
            SimulatedAuth.OAuth => [.. common, ("CloudId", site.CloudId), ("ClientId", site.ClientId), .. webhook],
            SimulatedAuth.Connect => [.. common, ("ApiUrl", $"{jira}/sites/{site.Slug}"), ("AppKey", site.AppKey), ("ClientKey", site.ClientKey), .. webhook],
            _ => common,
        };
    }
}
