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

    /// <summary>An administrator's webhook, in the settings.</summary>
    public const string Initech = "initech";

    /// <summary>OAuth in the settings, and its grant is missing.</summary>
    public const string Stark = "stark";

    /// <summary>In the settings without a secret.</summary>
    public const string Umbrella = "umbrella";

    /// <summary>OAuth with the app of the settings, connected by nobody yet.</summary>
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
            acme, new(Globex, SimulatedAuth.Connect), new(Initech, SimulatedAuth.AdminWebhook) { AdminWebhookUrl = new Uri(host, $"/api/deliveries/{Initech}") },
            new(Stark, SimulatedAuth.OAuth), new(Hooli, SimulatedAuth.OAuth) { ClientId = acme.ClientId, Secret = acme.Secret },
        ];
    }

    public static Dictionary<string, string?> Settings(ContractWorld world, string jira)
    {
        var (acme, globex, initech, stark) = (world.Site(Acme), world.Site(Globex), world.Site(Initech), world.Site(Stark));
        return new()
        {
            [Setting.Storage] = world.Storage,
            [Setting.ApiUrl] = jira,
            [Setting.AuthUrl] = jira,
            [Setting.ClientId] = acme.ClientId,
            [Setting.ClientSecret] = acme.Secret,
            [Setting.RefreshSchedule] = Never,
            [Setting.PollSchedule] = Never,
            [$"{Setting.Webhooks}__issues__Jql"] = "project = SHOP",
            [$"{Setting.Webhooks}__issues__Events__0"] = "jira:issue_updated",

            [Setting.Site(Acme, "Scheme")] = "OAuth",
            [Setting.Site(Acme, "Url")] = acme.Url,
            [Setting.Site(Acme, "CloudId")] = acme.CloudId,
            [Setting.Site(Acme, "ClientId")] = acme.ClientId,
            [Setting.Site(Acme, "Secret")] = acme.Secret,
            [Setting.Site(Acme, "PreviousSecret")] = PreviousSecret,
            [Setting.Site(Acme, "RefreshToken")] = world.Jira.OAuth.IssueGrant(acme.ClientId),
            [Setting.Site(Acme, "OwnAccountIds__0")] = OwnAccount,
            [Setting.SiteWebhook(Acme, "issues__Jql")] = "project = SHOP",
            [Setting.SiteWebhook(Acme, "issues__Events__0")] = "jira:issue_updated",
            [Setting.SiteWebhook(Acme, "issues__FieldIdsFilter__0")] = "summary",

            [Setting.Site(Globex, "Scheme")] = "Connect",
            [Setting.Site(Globex, "Url")] = globex.Url,
            [Setting.Site(Globex, "ApiUrl")] = $"{jira}/sites/{Globex}",
            [Setting.Site(Globex, "AppKey")] = globex.AppKey,
            [Setting.Site(Globex, "ClientKey")] = globex.ClientKey,
            [Setting.Site(Globex, "Secret")] = globex.Secret,
            [Setting.SiteWebhook(Globex, "issues__Jql")] = "project = SHOP",
            [Setting.SiteWebhook(Globex, "issues__Events__0")] = "jira:issue_updated",

            [Setting.Site(Initech, "Scheme")] = "AdminWebhook",
            [Setting.Site(Initech, "Url")] = initech.Url,
            [Setting.Site(Initech, "Secret")] = initech.Secret,

            [Setting.Site(Stark, "Scheme")] = "OAuth",
            [Setting.Site(Stark, "Url")] = stark.Url,
            [Setting.Site(Stark, "CloudId")] = stark.CloudId,
            [Setting.Site(Stark, "ClientId")] = stark.ClientId,
            [Setting.Site(Stark, "Secret")] = stark.Secret,
            [Setting.SiteWebhook(Stark, "issues__Jql")] = "project = SHOP",
            [Setting.SiteWebhook(Stark, "issues__Events__0")] = "jira:issue_updated",

            [Setting.Site(Umbrella, "Scheme")] = "AdminWebhook",
            [Setting.Site(Umbrella, "Url")] = "https://umbrella.atlassian.net",

            [Setting.Collector] = world.Collector.Address.AbsoluteUri,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        };
    }
}
