using Azure;

namespace JiraWebhooks.Sites;

/// <summary>A site that was added at run time, as its row stores it: everything except its secrets.</summary>
public sealed record StoredSite
{
    /// <summary>The site's slug.</summary>
    public required string Id { get; init; }

    /// <summary>The settings, without secrets.</summary>
    public required SiteSettings Settings { get; init; }

    /// <summary>The valid revision of its secret; empty if it uses the secret of the app in the settings. The row decides, so that one of two
    /// concurrent changes wins completely.</summary>
    public string SecretRevision { get; init; } = "";

    /// <summary>The site's former OAuth app; null if it never had another.</summary>
    public FormerApp? Former { get; init; }

    /// <summary>When it was added, or enabled again.</summary>
    public required DateTimeOffset ActiveSince { get; init; }

    /// <summary>Since when it is disabled; null if it is enabled.</summary>
    public DateTimeOffset? DisabledSince { get; init; }

    /// <summary>The reason that was given.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>When its removal was requested; null if it was not. Its deliveries are accepted until Jira no longer retries any.</summary>
    public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>Version of the row.</summary>
    public ETag Version { get; init; }

    /// <summary>How deliveries are verified.</summary>
    public SiteScheme Scheme => Enum.TryParse<SiteScheme>(Settings.Scheme, ignoreCase: true, out var scheme) ? scheme : SiteScheme.OAuth;
}

/// <summary>The former OAuth app of a site. Its webhooks deliver until those of the new app exist.</summary>
/// <param name="ClientId">Its client id.</param>
/// <param name="SecretRevision">The revision of its secret; empty if it was the app in the settings. If the settings have another app now, its
/// secret is the previous one there.</param>
/// <param name="Since">When the site changed to the new app.</param>
public sealed record FormerApp(string? ClientId, string SecretRevision, DateTimeOffset Since);
