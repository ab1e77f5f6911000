namespace JiraWebhooks.Sites;

/// <summary>One entry of the settings section <c>Sites</c>, whose keys are the site ids: <c>Sites__acme__Url</c> and so on.
/// <see cref="Scheme"/> decides which are required; <see cref="ConfiguredSites"/> reports what is missing.</summary>
public sealed record SiteOptions
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

    /// <summary>OAuth: refresh token that seeds an empty store.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>Connect: the app's key.</summary>
    public string? AppKey { get; init; }

    /// <summary>Connect: the tenant's clientKey.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Basic authentication's account; admin webhooks only.</summary>
    public string? UserName { get; init; }

    /// <summary>Basic authentication's API token.</summary>
    public string? ApiToken { get; init; }

    /// <summary>Client secret, shared secret or webhook secret.</summary>
    public string? Secret { get; init; }

    /// <summary>The secret before the last rotation.</summary>
    public string? PreviousSecret { get; init; }

    /// <summary>Accounts whose changes the app makes itself, <c>OwnAccountIds__0</c> and so on. Null if there are none, so that it is not stored.</summary>
    public string[]? OwnAccountIds { get; init; }

    /// <summary>The declared webhooks, by name.</summary>
    // A generated JSON reader sets omitted properties to null.
    public Dictionary<string, DeclaredWebhookOptions> Webhooks { get; init => field = value ?? []; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>One declared webhook: an entry of <c>Sites__{site}__Webhooks</c>.</summary>
public sealed record DeclaredWebhookOptions
{
    /// <summary>Event names, <c>Events__0</c> and so on.</summary>
    public string[] Events { get; init => field = value ?? []; } = [];

    /// <summary>The JQL filter.</summary>
    public string? Jql { get; init; }

    /// <summary>Fields that <c>jira:issue_updated</c> is limited to.</summary>
    public string[]? FieldIdsFilter { get; init; }

    /// <summary>Property keys that issue property events are limited to.</summary>
    public string[]? IssuePropertyKeysFilter { get; init; }
}
