using System.Text.Json.Serialization;
using JiraWebhooks.Runs;

namespace JiraWebhooks.Recovery;

/// <summary>What a poll did for one site.</summary>
/// <param name="Site">The site's slug.</param>
public sealed record SitePoll(string Site) : SiteResult(Site)
{
    /// <summary>Published records: failed deliveries, and issues found by a search.</summary>
    public int Recovered { get; init; }

    /// <summary>Those of <see cref="Recovered"/> that a search found.</summary>
    [JsonIgnore]
    public int Found { get; init; }

    /// <summary>Issues published by a search that repeats an earlier one: mostly the same issues, and those that were indexed late.</summary>
    public int Repeated { get; init; }

    /// <summary>Records of the overlap that were published before.</summary>
    public int Skipped { get; init; }

    /// <summary>The cursor after the run, or null when the site has none.</summary>
    public DateTimeOffset? Cursor { get; init; }

    /// <summary>True when the failed list is closed to this site (403).</summary>
    public bool Unsupported { get; init; }

    /// <summary>True when something may be lost; <see cref="Losses"/> says what.</summary>
    public bool PossibleLoss => Losses.Count > 0;

    /// <summary>What may be lost, and why.</summary>
    public IReadOnlyList<Loss> Losses { get; init; } = [];

    /// <summary>Start of the searched time; null if there was no search, because there was no outage or the failed list is open. The results are in
    /// <see cref="Recovered"/> and <see cref="Repeated"/>.</summary>
    public DateTimeOffset? SearchedFrom { get; init; }

    /// <summary>True when this run only repeated an earlier search, because Jira's index lags behind.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>True when a search is not finished. The next run continues it.</summary>
    public bool Unfinished { get; init; }

    /// <summary>This poll of the failed list, together with the search for what Jira never sent.</summary>
    internal SitePoll And(SitePoll searched) => this with
    {
        Recovered = Recovered + searched.Recovered,
        Found = searched.Found,
        Repeated = searched.Repeated,
        SearchedFrom = searched.SearchedFrom,
        IsRepeat = searched.IsRepeat,
        Unfinished = searched.Unfinished,
        RetryAfter = RetryAfter ?? searched.RetryAfter,
        Losses = [.. Losses, .. searched.Losses],
        Problem = string.Join(' ', new[] { Problem, searched.Problem }.OfType<string>()) is { Length: > 0 } both ? both : null,
    };

    /// <summary>What a search cannot find; null if there was no search.</summary>
    public string? Note => SearchedFrom is null ? null
        : "Found by search and reconstructed from the issues' present state: an issue that was also delivered comes twice, and jira_reconstructed tells which is which. "
          + "Deletions, and states in between, cannot be found.";
}
