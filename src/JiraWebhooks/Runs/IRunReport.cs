using JiraWebhooks.Sites;

namespace JiraWebhooks.Runs;

/// <summary>Receives the results of a run and answers questions about earlier runs. Health implements it.</summary>
public interface IRunReport
{
    /// <summary>Sorts <paramref name="sites"/> by their last run of this kind, the longest wait first, so that sites that never answer do not take
    /// the turn of the others. <c>Now</c> is the time to compare the times of the turns with: that of storage, or ours if nothing could be read.</summary>
    Task<(IReadOnlyList<SiteTurn> Turns, DateTimeOffset Now)> TurnsAsync(IReadOnlyList<Site> sites, string kind, CancellationToken cancellationToken);

    /// <summary>True if a run of this kind was at the site in the last <paramref name="time"/>, and succeeded or was asked by Jira to wait until
    /// later than now; false if that is unknown.</summary>
    Task<bool> WasThereAsync(Site site, string kind, TimeSpan time, CancellationToken cancellationToken);

    /// <summary>Counts and saves the result of one site.</summary>
    /// <param name="result">The result.</param>
    /// <param name="wasReached">False if the run's time ended before the site's turn.</param>
    Task SaveAsync(SiteResult result, bool wasReached);

    /// <summary>Called when the run over all sites has ended; <paramref name="stillDue"/> sites had no turn.</summary>
    Task EndAsync(string kind, IReadOnlyList<Site> all, int stillDue, CancellationToken cancellationToken);
}
