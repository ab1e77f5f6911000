using JiraWebhooks.Recovery;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Health;

/// <summary>Saves what the runs report: in the status table for Health, and as metrics for the alerts.</summary>
internal sealed class RunReport(SiteStatusTable status, SiteGauges gauges) : IRunReport
{
    public Task<(IReadOnlyList<SiteTurn> Turns, DateTimeOffset Now)> TurnsAsync(IReadOnlyList<Site> sites, string kind, CancellationToken cancellationToken) =>
        status.TurnsAsync(sites, kind, cancellationToken);

    public Task<bool> WasThereAsync(Site site, string kind, TimeSpan time, CancellationToken cancellationToken) =>
        status.WasThereAsync(site.Id, kind, time, cancellationToken);

    public Task SaveAsync(SiteResult result, bool wasReached)
    {
        if (result is SiteRefresh refresh) TimerMetrics.Count(refresh);
        if (result is SitePoll poll) TimerMetrics.Count(poll);
        if (!wasReached) return Task.CompletedTask;

        return result switch
        {
            SiteRefresh refreshed => status.SaveAsync(refreshed, CancellationToken.None),
            SitePoll polled => status.SaveAsync(polled, CancellationToken.None),
            _ => throw new ArgumentException($"{result.GetType().Name} is not a result that is known here.", nameof(result)),
        };
    }

    public async Task EndAsync(string kind, IReadOnlyList<Site> all, int stillDue, CancellationToken cancellationToken)
    {
        await status.SaveStillDueAsync(kind, stillDue, cancellationToken);
        await gauges.RecordAsync(kind, all, cancellationToken);
    }
}
