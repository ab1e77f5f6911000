using JiraWebhooks.Sites;

namespace JiraWebhooks.Runs;

/// <summary>What a run reports, and what it asks about the runs before it. Health implements it.</summary>
public interface IRunReport
{
    /// <summary><paramref name="sites"/> by their last run of this kind, the longest wait first: sites that never answer must not take the turn of
    /// the others.</summary>
    Task<IReadOnlyList<Site>> OldestFirstAsync(IReadOnlyList<Site> sites, string kind, CancellationToken cancellationToken);

    /// <summary>Counts and saves what was done at one site.</summary>
    /// <param name="result">The result.</param>
    /// <param name="wasReached">False if the run's time ended before the site's turn.</param>
    Task SaveAsync(SiteResult result, bool wasReached);

    /// <summary>The run over all sites has ended.</summary>
    Task EndAsync(string kind, IReadOnlyList<Site> all, CancellationToken cancellationToken);
}
