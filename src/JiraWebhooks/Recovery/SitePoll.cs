using JiraWebhooks.Runs;

namespace JiraWebhooks.Recovery;

/// <summary>What a poll did for one site.</summary>
/// <param name="Site">The site's slug.</param>
public sealed record SitePoll(string Site) : SiteResult(Site)
{
    /// <summary>Records published: failed deliveries, and issues that a search found.</summary>
    public int Recovered { get; init; }

    /// <summary>Issues published by a search that repeats an earlier one: most of them again, and those that were indexed late.</summary>
    public int Repeated { get; init; }

    /// <summary>Records of the overlap that had been published before.</summary>
    public int Skipped { get; init; }

    /// <summary>The cursor after the run, or null when the site has none.</summary>
    public DateTimeOffset? Cursor { get; init; }

    /// <summary>True when the failed list is closed to this site (403).</summary>
    public bool Unsupported { get; init; }

    /// <summary>True when something may be lost; <see cref="Losses"/> tells what.</summary>
    public bool PossibleLoss => Losses.Count > 0;

    /// <summary>What may be lost, and why.</summary>
    public IReadOnlyList<Loss> Losses { get; init; } = [];

    /// <summary>Start of the time that was searched for changes; null where nothing was, as there was no outage or the failed list is open.
    /// What was found is in <see cref="Recovered"/> and <see cref="Repeated"/>.</summary>
    public DateTimeOffset? SweptFrom { get; init; }

    /// <summary>True when this only repeated an earlier search, because Jira's index lags behind.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>True when a search has not ended: the next run goes on.</summary>
    public bool Unfinished { get; init; }

    /// <summary>What a search can't do; null where there was none.</summary>
    public string? Note => SweptFrom is null ? null
        : "Found by search and reconstructed from the issues' present state: an issue that was also delivered comes twice, and jira_reconstructed tells which is which. "
          + "Deletions, and states in between, cannot be found.";
}
