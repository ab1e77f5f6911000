using Azure;

namespace JiraWebhooks.Sites;

/// <summary>A site that was added at run time, as its row holds it: everything but its secrets.</summary>
public sealed record StoredSite
{
    /// <summary>The site's slug.</summary>
    public required string Id { get; init; }

    /// <summary>What the settings of a fixed site would say.</summary>
    public required SiteOptions Options { get; init; }

    /// <summary>The revision of its secret that counts; empty where that is the secret of the app in the settings. Whoever writes the row
    /// decides, so that of two changes at a time one wins whole.</summary>
    public string SecretRevision { get; init; } = "";

    /// <summary>The OAuth app the site had before; null when it always had this one.</summary>
    public FormerApp? Former { get; init; }

    /// <summary>When it was added, or enabled again.</summary>
    public required DateTimeOffset ActiveSince { get; init; }

    /// <summary>Since when it is switched off; null when it is not.</summary>
    public DateTimeOffset? DisabledSince { get; init; }

    /// <summary>Why, in the words of whoever switched it off.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>When its removal was asked for; null when it was not. Its deliveries are taken until Jira has given up on the last.</summary>
    public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>Version of the row.</summary>
    public ETag Version { get; init; }

    /// <summary>How deliveries are verified.</summary>
    public SiteScheme Scheme => Enum.TryParse<SiteScheme>(Options.Scheme, ignoreCase: true, out var scheme) ? scheme : SiteScheme.OAuth;
}

/// <summary>An OAuth app that a site has left. Its webhooks deliver on until the new app's are there.</summary>
/// <param name="ClientId">Its client id.</param>
/// <param name="SecretRevision">The revision of its secret; empty where it was the app in the settings; its secret is the previous one there, if it is no longer.</param>
/// <param name="Since">When the site left it.</param>
public sealed record FormerApp(string? ClientId, string SecretRevision, DateTimeOffset Since);
