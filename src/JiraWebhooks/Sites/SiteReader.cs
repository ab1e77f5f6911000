using JiraWebhooks.Hosting;
using Microsoft.Extensions.Configuration;

namespace JiraWebhooks.Sites;

/// <summary>Makes a <see cref="Site"/> of one settings entry. All its errors go to <see cref="Site.Problem"/>, in one sentence that names
/// settings and never values (docs/architecture.md#a-wrong-site-is-unhealthy).</summary>
internal static class SiteReader
{
    private static readonly Uri Nowhere = new("https://invalid.invalid");

    public static Site Read(IConfigurationSection section, JiraWebhooksOptions global)
    {
        var id = section.Key.ToLowerInvariant();
        var problems = new List<string>();
        SiteOptions options;
        try
        {
            options = section.Get<SiteOptions>() ?? new SiteOptions();
        }
        catch (InvalidOperationException)
        {
            options = new SiteOptions();
            problems.Add("it has a value of the wrong kind");
        }

        return Make(id, options, options.Credentials(), global, problems, $"See the settings Sites__{id}__….");
    }

    /// <summary>Makes the site of <paramref name="settings"/>. <paramref name="problems"/> are the errors found so far;
    /// <paramref name="where"/> is the sentence that says where to fix them.</summary>
    public static Site Make(string id, SiteSettings settings, SiteCredentials credentials, JiraWebhooksOptions global, List<string> problems, string where)
    {
        if (!SiteSlug.IsValid(id)) problems.Add(SiteSlug.Rule);
        settings = Trimmed(settings);
        var url = Origin(settings.Url, problems);
        var scheme = Scheme(settings.Scheme, problems);
        if (credentials.Secret is null) problems.Add("Secret is empty or an unresolved Key Vault reference");
        if (scheme is SiteScheme.OAuth) Require(problems, (nameof(settings.CloudId), settings.CloudId), (nameof(settings.ClientId), settings.ClientId));
        if (!string.IsNullOrWhiteSpace(settings.CloudId) && !Guid.TryParseExact(settings.CloudId, "D", out _)) problems.Add("CloudId must be a UUID: {Url}/_edge/tenant_info shows it");
        if (scheme is SiteScheme.Connect) Require(problems, (nameof(settings.AppKey), settings.AppKey), (nameof(settings.ClientKey), settings.ClientKey));

        var grant = GrantName.Of(id, settings);
        if (scheme is SiteScheme.OAuth && !GrantName.IsValid(grant)) problems.Add(GrantName.Rule);

        var wrongWebhooks = new List<string>();
        var webhooks = Webhooks(settings, wrongWebhooks);
        return new Site
        {
            Id = id,
            Url = url ?? Nowhere,
            Scheme = scheme,
            ApiUrl = ApiUrl(settings, scheme, url, global, problems),
            CloudId = settings.CloudId,
            ClientId = settings.ClientId,
            Grant = grant,
            RefreshToken = credentials.RefreshToken,
            AppKey = settings.AppKey,
            ClientKey = settings.ClientKey,
            UserName = credentials.UserName,
            ApiToken = credentials.ApiToken,
            Secret = credentials.Secret,
            PreviousSecret = credentials.PreviousSecret,
            SecretProblem = credentials.UnresolvedPrevious is { } setting
                ? $"{setting} is an unresolved Key Vault reference: deliveries that the current secret does not verify get 503. {where}"
                : null,
            OwnAccountIds = [.. (settings.OwnAccountIds ?? []).Where(account => !string.IsNullOrWhiteSpace(account)).Select(account => account.Trim())],
            Webhooks = webhooks,
            WebhookProblems = wrongWebhooks,
            Problem = problems.Count == 0 ? null : $"Site {id} is not usable: {string.Join("; ", problems)}. {where}",
        };
    }

    /// <summary>Makes the placeholder of a site whose row was lost: its deliveries get 503.</summary>
    public static Site Missing(string id, SiteScheme scheme) => new()
    {
        Id = id,
        Url = Nowhere,
        ApiUrl = Nowhere,
        Scheme = scheme,
        IsStored = true,
        IsMissing = true,
        Problem = MissingSite.ReasonOf(id),
    };

    /// <summary>Removes white space around the ids: it comes along when an id is copied from a page or a shell.</summary>
    public static SiteSettings Trimmed(SiteSettings settings) => settings with
    {
        Url = settings.Url?.Trim(),
        CloudId = settings.CloudId?.Trim(),
        ClientId = settings.ClientId?.Trim(),
        AppKey = settings.AppKey?.Trim(),
        ClientKey = settings.ClientKey?.Trim(),
    };

    private static List<DeclaredWebhook> Webhooks(SiteSettings settings, List<string> problems)
    {
        var webhooks = new List<DeclaredWebhook>();
        foreach (var (name, given) in settings.Webhooks)
        {
            // JSON and the settings can name a webhook and say nothing else. It is null then, in spite of its type.
            var wanted = given ?? new DeclaredWebhookOptions();
            var row = name.ToLowerInvariant();
            if (!RowName.IsValid(row))
            {
                problems.Add("One is left out: a webhook's name must be 1 to 64 lower-case letters, digits or hyphens.");
                continue;
            }

            if (webhooks.Exists(known => known.Name == row))
            {
                problems.Add($"There are two webhooks {row}: the second is left out.");
                continue;
            }

            webhooks.Add(new DeclaredWebhook(row, wanted.Events, wanted.Jql ?? "")
            {
                FieldIdsFilter = wanted.FieldIdsFilter,
                IssuePropertyKeysFilter = wanted.IssuePropertyKeysFilter,
            });
        }

        return webhooks;
    }

    private static Uri ApiUrl(SiteSettings settings, SiteScheme scheme, Uri? url, JiraWebhooksOptions global, List<string> problems)
    {
        if (!string.IsNullOrWhiteSpace(settings.ApiUrl))
        {
            var address = Address(settings.ApiUrl, nameof(settings.ApiUrl), problems);
            if (address is null || !SettingsParser.HasQuery(address)) return address ?? Nowhere;

            problems.Add("ApiUrl must have no query or fragment");
            return Nowhere;
        }

        return scheme is SiteScheme.OAuth
            ? new Uri($"{global.AtlassianApiUrl.AbsoluteUri.TrimEnd('/')}/ex/jira/{Uri.EscapeDataString(settings.CloudId ?? "")}")
            : url ?? Nowhere;
    }

    private static SiteScheme Scheme(string? text, List<string> problems)
    {
        if (Enum.TryParse<SiteScheme>(text, ignoreCase: true, out var scheme) && Enum.IsDefined(scheme)) return scheme;

        problems.Add($"Scheme must be one of {string.Join(", ", Enum.GetNames<SiteScheme>())}");
        return SiteScheme.OAuth;
    }

    // A site is its origin. With more than that, a Connect app would call addresses that do not exist.
    private static Uri? Origin(string? text, List<string> problems)
    {
        var url = Address(text, nameof(SiteSettings.Url), problems);
        if (url is null || (url.AbsolutePath is "/" && !SettingsParser.HasQuery(url))) return url;

        problems.Add("Url must be the address of the site alone, like https://acme.atlassian.net, without path, query or fragment");
        return null;
    }

    private static Uri? Address(string? text, string name, List<string> problems)
    {
        var isAddress = Uri.TryCreate(text?.TrimEnd('/'), UriKind.Absolute, out var url) && SettingsParser.IsHttpsOrLoopback(url);
        if (isAddress && !SettingsParser.HasUser(url!)) return url;

        problems.Add(isAddress ? $"{name} must have no user name or password" : $"{name} must be an absolute https address");
        return null;
    }

    private static void Require(List<string> problems, params ReadOnlySpan<(string Name, string? Value)> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (string.IsNullOrWhiteSpace(value)) problems.Add($"{name} is missing");
        }
    }
}
