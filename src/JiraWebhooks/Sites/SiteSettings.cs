namespace JiraWebhooks.Sites;

/// <summary>Everything that can be set about a site except its secrets: what a row of the table stores. <see cref="SiteOptions"/> (the settings) and
/// the body of the management API add secrets in types of their own, so that no secret can reach the table.</summary>
/// <remarks><see cref="Scheme"/> decides which values are required; <see cref="SiteReader"/> reports what is missing.</remarks>
public record SiteSettings
{
    /// <summary>The tenant's address, <c>https://acme.atlassian.net</c>.</summary>
    public string? Url { get; init; }

    /// <summary><c>OAuth</c>, <c>Connect</c> or <c>AdminWebhook</c>.</summary>
    public string? Scheme { get; init; }

    /// <summary>Overrides the root of the API; for the simulator and for proxies.</summary>
    public string? ApiUrl { get; init; }

    /// <summary>OAuth: the tenant's cloud id.</summary>
    public string? CloudId { get; init; }

    /// <summary>OAuth: the app's client id.</summary>
    public string? ClientId { get; init; }

    /// <summary>OAuth: name of the grant in the token store; the site id by default.</summary>
    public string? Grant { get; init; }

    /// <summary>Connect: the app's key.</summary>
    public string? AppKey { get; init; }

    /// <summary>Connect: the tenant's clientKey.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Accounts whose changes the app makes itself, <c>OwnAccountIds__0</c> and so on. Null if there are none, so that it is not stored.</summary>
    public string[]? OwnAccountIds { get; init; }

    /// <summary>The declared webhooks, by name.</summary>
    // A generated JSON reader sets omitted properties to null.
    public Dictionary<string, DeclaredWebhookOptions> Webhooks { get; init => field = value ?? []; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns a copy that has nothing but these properties, whatever type this is.</summary>
    public SiteSettings WithoutSecrets() => new(this);
}
