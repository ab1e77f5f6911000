using Azure;

namespace JiraWebhooks.Sites.Store;

/// <summary>A site that was added at run time, as its row holds it: everything but its secrets.</summary>
public sealed record StoredSite
{
    /// <summary>The site's slug.</summary>
    public required string Id { get; init; }

    /// <summary>What the settings of a fixed site would say.</summary>
    public required SiteOptions Options { get; init; }

    /// <summary>Changes with each rotation, so that every instance reads the secret again.</summary>
    public string SecretRevision { get; init; } = "";

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
}
