using JiraWebhooks.Health;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Api;

/// <summary>A site as the API shows it. It contains no secret, and does not say whether a secret is valid.</summary>
internal sealed record SiteView
{
    /// <summary>The site's slug.</summary>
    public required string Site { get; init; }

    /// <summary><c>settings</c> or <c>store</c>; the API can change only sites of the store.</summary>
    public required string Source { get; init; }

    /// <summary>The tenant's address.</summary>
    public required Uri Url { get; init; }

    /// <summary><c>OAuth</c>, <c>Connect</c> or <c>AdminWebhook</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>The URL that Jira delivers to.</summary>
    public required Uri CallbackUrl { get; init; }

    /// <summary>State and times, as Health shows them.</summary>
    public required SiteHealth Health { get; init; }

    /// <summary>OAuth: the tenant's cloud id.</summary>
    public string? CloudId { get; init; }

    /// <summary>OAuth: the app's client id.</summary>
    public string? ClientId { get; init; }

    /// <summary>OAuth: name of the grant.</summary>
    public string? Grant { get; init; }

    /// <summary>Connect: the app's key.</summary>
    public string? AppKey { get; init; }

    /// <summary>Connect: the clientKey of the installation.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Accounts whose changes the app makes itself; null if there are none.</summary>
    public IReadOnlyList<string>? OwnAccountIds { get; init; }

    /// <summary>The declared webhooks, by name.</summary>
    public required IReadOnlyList<DeclaredWebhook> Webhooks { get; init; }

    /// <summary>Creates the view of a site.</summary>
    public static SiteView Of(Site site, SiteHealth health, Uri callback) => new()
    {
        Site = site.Id,
        Source = site.IsStored ? "store" : "settings",
        Url = site.Url,
        Scheme = site.Scheme.ToString(),
        CallbackUrl = callback,
        Health = health,
        CloudId = site.CloudId,
        ClientId = site.ClientId,
        Grant = site.Scheme is SiteScheme.OAuth ? site.Grant : null,
        AppKey = site.AppKey,
        ClientKey = site.ClientKey,
        OwnAccountIds = site.OwnAccountIds is { Count: > 0 } own ? own : null,
        Webhooks = site.Webhooks,
    };
}
