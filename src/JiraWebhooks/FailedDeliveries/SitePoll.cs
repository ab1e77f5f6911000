namespace JiraWebhooks.FailedDeliveries;

/// <summary>What a poll did for one site.</summary>
/// <param name="Site">The site's slug.</param>
public sealed record SitePoll(string Site)
{
    /// <summary>Records published.</summary>
    public int Recovered { get; init; }

    /// <summary>Records of the overlap that had been published before.</summary>
    public int Skipped { get; init; }

    /// <summary>The cursor after the run, or null when the site has none.</summary>
    public DateTimeOffset? Cursor { get; init; }

    /// <summary>True when the failed list is closed to this site (403).</summary>
    public bool Unsupported { get; init; }

    /// <summary>True when the cursor was older than the 72 h Jira keeps records: something may be lost.</summary>
    public bool PossibleLoss { get; init; }

    /// <summary>Why the site's run ended early, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>Start of the time that was searched for changes; null where nothing was, as there was no outage or the failed list is open.
    /// What was found is in <see cref="Recovered"/>, reconstructed: deletions are never found this way.</summary>
    public DateTimeOffset? SweptFrom { get; init; }

    /// <summary>True when another run was at the site: nothing was done, and nothing is wrong.</summary>
    public bool Busy { get; init; }
}
