using JiraWebhooks.Hosting;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Webhooks;

/// <summary>Keeps every declared webhook alive (docs/architecture.md#how-a-refresh-works).</summary>
public sealed partial class WebhookRefresher(SiteRuns runs, SiteRefresher refresher, JiraWebhooksOptions options, ILogger<WebhookRefresher> logger)
{
    /// <summary>A webhook lives 30 days, so one success a day is enough, however often the timer runs. Shorter than a day: a daily run must find every
    /// site due, also one that was late in the run before.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromHours(20);

    private SiteWork<SiteRefresh> Work(bool isByHand) => new(
        RunKind.Refresh,
        site => site.Problem is not null || site.HasApi,
        site => new SiteRefresh(site.Id),
        site => new SiteRefresh(site.Id) { Failed = site.Webhooks.Count },
        (site, cancellationToken) => refresher.RefreshAsync(site, isByHand, cancellationToken),
        result => Log.Refreshed(logger, result.Site, result.Registered, result.Extended, result.Replaced, result.Failed, result.SoonestExpiry, result.Problem ?? ""))
    {
        Every = Every,
        SettingsFingerprint = site => Definition.Fingerprint(site, options),
    };

    /// <summary>One run over all sites. The failure of one site does not stop the others and is in the result, so this throws only when cancelled.</summary>
    public Task<IReadOnlyList<SiteRefresh>> RunAsync(CancellationToken cancellationToken) => runs.RunAsync(Work(isByHand: false), cancellationToken);

    /// <summary>The same for a timer. It throws so that the host sees when nothing works.</summary>
    /// <exception cref="TimerRunException">Every site that should have succeeded has failed; all were tried.</exception>
    public Task RunTimerAsync(CancellationToken cancellationToken) => runs.RunTimerAsync(Work(isByHand: false), cancellationToken);

    /// <summary>A manual run at a single site, with the same time budget. It retries what Jira has refused.</summary>
    public Task<SiteRefresh> RunAsync(Site site, CancellationToken cancellationToken) => runs.RunAsync(Work(isByHand: true), site, cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Refresh of {Site}: {Registered} registered, {Extended} extended, {Replaced} replaced, {Failed} failed, soonest expiry {SoonestExpiry}. {Problem}")]
        public static partial void Refreshed(ILogger logger, string site, int registered, int extended, int replaced, int failed, DateTimeOffset? soonestExpiry, string problem);
    }
}
