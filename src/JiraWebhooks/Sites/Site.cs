using JiraWebhooks.Hosting;

namespace JiraWebhooks.Sites;

/// <summary>One Jira Cloud tenant the app is connected to.</summary>
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

    /// <summary>What its messages name as their source; made once, as each delivery needs it.</summary>
    public string Source { get; private init; } = "";

    /// <summary>How deliveries are verified and calls are signed.</summary>
    public required SiteScheme Scheme { get; init; }

    /// <summary>Where the five operations live: <c>https://api.atlassian.com/ex/jira/{cloudId}</c> for OAuth, else <see cref="Url"/>;
    /// no trailing slash.</summary>
    public required Uri ApiUrl { get; init; }

    /// <summary>The tenant's cloud id; OAuth only.</summary>
    public string? CloudId { get; init; }

    /// <summary>The app's OAuth client id; OAuth only.</summary>
    public string? ClientId { get; init; }

    /// <summary>The client id of the app the site had until lately, whose deliveries are still taken; null when there is none. OAuth only.</summary>
    public string? FormerClientId { get; init; }

    /// <summary>Name of the OAuth grant in the token store; several sites may share one. OAuth only.</summary>
    public string? Grant { get; init; }

    /// <summary>Refresh token that seeds an empty token store; OAuth only.</summary>
    public SiteSecret? RefreshToken { get; init; }

    /// <summary>The app's key, <c>iss</c> of the tokens we send; Connect only.</summary>
    public string? AppKey { get; init; }

    /// <summary>The tenant's clientKey, <c>iss</c> of the tokens it sends; Connect only.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Account for basic authentication, which Jira answers with 403 on these operations; admin webhooks only.</summary>
    public string? UserName { get; init; }

    /// <summary>API token that goes with <see cref="UserName"/>.</summary>
    public SiteSecret? ApiToken { get; init; }

    /// <summary>OAuth client secret, Connect shared secret or admin webhook secret.</summary>
    public SiteSecret? Secret { get; init; }

    /// <summary>The secret before the last rotation; still verifies, never signs.</summary>
    public SiteSecret? PreviousSecret { get; init; }

    /// <summary>Accounts whose changes are the app's own: a delivery about one is marked, so that nobody answers himself for ever.</summary>
    public IReadOnlyList<string> OwnAccountIds { get; init; } = [];

    /// <summary>The webhooks wanted here.</summary>
    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    /// <summary>What is wrong with the declaration of webhooks that are not in <see cref="Subscriptions"/> for it. It stops nothing else: what
    /// the others bring is taken, and they are kept alive.</summary>
    public IReadOnlyList<string> SubscriptionProblems { get; init; } = [];

    /// <summary>Why this site cannot work, in one sentence that names the setting; null when it can.
    /// Its deliveries are answered 503 until it is mended, and the other sites run.</summary>
    public string? Problem { get; init; }

    /// <summary>True for a site that serves from memory as storage cannot be read: what its secrets do not verify may be right all the same.</summary>
    public bool IsStale { get; init; }

    /// <summary>True for a site that was added at run time, false for one of the settings.</summary>
    public bool IsStored { get; init; }

    /// <summary>True for an id that has a secret of its own and no row: all that is known of the site is that it was lost.</summary>
    public bool IsMissing { get; init; }

    /// <summary>When a stored site was added or enabled again. Webhooks are registered only when every instance has had the time to learn of it.</summary>
    public DateTimeOffset? ActiveSince { get; init; }

    /// <summary>Since when and why the site is switched off: it has no subscriptions then, and what still arrives is published. Null when it is on.</summary>
    public SiteDisabled? Disabled { get; init; }

    /// <summary>True when the app may call the webhook operations here.</summary>
    public bool HasApi => Scheme is SiteScheme.OAuth or SiteScheme.Connect || UserName is not null;
}

/// <summary>That a site is switched off.</summary>
/// <param name="Since">When somebody did so.</param>
/// <param name="Reason">Why, in their words.</param>
public sealed record SiteDisabled(DateTimeOffset Since, string? Reason);
