using JiraWebhooks.Hosting;

namespace JiraWebhooks.Sites;

/// <summary>One Jira Cloud tenant that the app is connected to.</summary>
public sealed record Site
{
    /// <summary>Short slug (lower-case letters, digits, hyphens; at most 32) and last path segment of the callback URL.</summary>
    public required string Id { get; init; }

    /// <summary>The tenant's own address, for example <c>https://acme.atlassian.net</c>.</summary>
    public required Uri Url
    {
        get;
        init
        {
            field = value;
            Source = $"https://{value.Host}";
        }
    }

    /// <summary>The source that its messages name; computed once, because each delivery needs it.</summary>
    public string Source { get; private init; } = "";

    /// <summary>How deliveries are verified and calls are signed.</summary>
    public required SiteScheme Scheme { get; init; }

    /// <summary>Root of the five webhook operations: <c>https://api.atlassian.com/ex/jira/{cloudId}</c> for OAuth, else <see cref="Url"/>;
    /// no trailing slash.</summary>
    public required Uri ApiUrl { get; init; }

    /// <summary>The tenant's cloud id; OAuth only.</summary>
    public string? CloudId { get; init; }

    /// <summary>The app's OAuth client id; OAuth only.</summary>
    public string? ClientId { get; init; }

    /// <summary>The client id of the site's former app, whose deliveries are still accepted; null if there is none. OAuth only.</summary>
    public string? FormerClientId { get; init; }

    /// <summary>Name of the OAuth grant in the token store; several sites may share a grant. OAuth only.</summary>
    public string? Grant { get; init; }

    /// <summary>Refresh token that seeds an empty token store; OAuth only.</summary>
    public SiteSecret? RefreshToken { get; init; }

    /// <summary>The app's key, <c>iss</c> of the tokens that this app sends; Connect only.</summary>
    public string? AppKey { get; init; }

    /// <summary>The tenant's clientKey, <c>iss</c> of the tokens that it sends; Connect only.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Account for basic authentication, which Jira rejects with 403 on the webhook operations; admin webhooks only.</summary>
    public string? UserName { get; init; }

    /// <summary>API token that goes with <see cref="UserName"/>.</summary>
    public SiteSecret? ApiToken { get; init; }

    /// <summary>OAuth client secret, Connect shared secret or admin webhook secret.</summary>
    public SiteSecret? Secret { get; init; }

    /// <summary>The secret before the last rotation; still verifies, never signs.</summary>
    public SiteSecret? PreviousSecret { get; init; }

    /// <summary>Accounts whose changes the app makes itself: their deliveries are marked, so that no subscriber answers itself in a loop.</summary>
    public IReadOnlyList<string> OwnAccountIds { get; init; } = [];

    /// <summary>The declared webhooks of the site.</summary>
    public IReadOnlyList<DeclaredWebhook> Webhooks { get; init; } = [];

    /// <summary>The errors of declared webhooks that are left out of <see cref="Webhooks"/> because they are invalid. The other webhooks are
    /// not affected: their deliveries are accepted, and they are kept alive.</summary>
    public IReadOnlyList<string> WebhookProblems { get; init; } = [];

    /// <summary>Why this site cannot work, in one sentence that names the setting; null if it works.
    /// Its deliveries get 503 until this is fixed; the other sites run.</summary>
    public string? Problem { get; init; }

    /// <summary>Why the previous secret is not known although there is one, in one sentence that names the setting; null if nothing is wrong.
    /// A delivery that the current secret does not verify may be valid then.</summary>
    public string? SecretProblem { get; init; }

    /// <summary>True if the site is served from memory because storage cannot be read: a delivery that does not verify may still be valid.</summary>
    public bool IsStale { get; init; }

    /// <summary>True for a site that was added at run time, false for a site in the settings.</summary>
    public bool IsStored { get; init; }

    /// <summary>True for an id that has its own secret and no row: the site existed and its row was lost; nothing else is known.</summary>
    public bool IsMissing { get; init; }

    /// <summary>When a stored site was added, enabled again or given another app. Webhooks are registered only after every instance can know the site.</summary>
    public DateTimeOffset? ActiveSince { get; init; }

    /// <summary>Since when and why the site is disabled: it declares no webhooks then, and late deliveries are published. Null if enabled.</summary>
    public SiteDisabled? Disabled { get; init; }

    /// <summary>True if the app may call the webhook operations of the site.</summary>
    public bool HasApi => Scheme is SiteScheme.OAuth or SiteScheme.Connect || UserName is not null;

    /// <summary>True if an enabled site declares no webhook, as after a typing error in the settings.</summary>
    internal bool DeclaresNothing => Webhooks.Count == 0 && Disabled is null;

    /// <summary>True while it is not certain what the site declares: an entry is invalid, or there is none at all. Then no webhook is
    /// deleted for not being declared, and all are extended.</summary>
    internal bool IsDeclarationUncertain => WebhookProblems.Count > 0 || DeclaresNothing;
}

/// <summary>A site is disabled.</summary>
/// <param name="Since">When it was disabled.</param>
/// <param name="Reason">The reason that was given.</param>
public sealed record SiteDisabled(DateTimeOffset Since, string? Reason);
