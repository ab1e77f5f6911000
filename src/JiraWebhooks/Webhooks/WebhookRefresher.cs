using System.Collections.Concurrent;
using JiraWebhooks.Api;
using JiraWebhooks.Health;
using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Telemetry;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Webhooks;

/// <summary>Keeps every declared webhook alive (decisions 10, 11 and 16).</summary>
public sealed partial class WebhookRefresher(
    ISiteStore sites,
    SiteRefresher refresher,
    LeaseTable leases,
    SiteStatusTable status,
    SiteGauges gauges,
    SiteRemoval removal,
    JiraWebhooksOptions options,
    TimeProvider clock,
    ILogger<WebhookRefresher> logger)
{
    /// <summary>What is said of a site whose run did not come to its end.</summary>
    internal const string TimeIsUp = "The run's time is up; the next one goes on.";

    private const int SitesAtOnce = 4;

    /// <summary>One run over all sites. One site's failure stops no other and is in the result, so this throws only when cancelled.</summary>
    public Task<IReadOnlyList<SiteRefresh>> RunAsync(CancellationToken cancellationToken) => RunAsync(new RunTally(), cancellationToken);

    /// <summary>The same for a timer, whose host must see that nothing works.</summary>
    /// <exception cref="TimerRunException">Every site that should have succeeded has failed; all were tried.</exception>
    public async Task RunTimerAsync(CancellationToken cancellationToken)
    {
        var tally = new RunTally();
        await RunAsync(tally, cancellationToken);
        tally.ThrowIfNoneWorked("refresh");
    }

    private async Task<IReadOnlyList<SiteRefresh>> RunAsync(RunTally tally, CancellationToken cancellationToken)
    {
        using var span = Instrumentation.Activities.StartActivity("refresh");
        using var budget = new CancellationTokenSource(options.RunBudget, clock);
        using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget.Token);

        var results = new ConcurrentBag<SiteRefresh>();
        var all = await sites.ListKnownAsync(logger, cancellationToken, tally.CountUnreadable);
        await Parallel.ForEachAsync(
            await status.OldestFirstAsync([.. all.Where(site => site.Problem is not null || site.HasApi)], "refresh", run.Token),
            new ParallelOptions { MaxDegreeOfParallelism = SitesAtOnce, CancellationToken = cancellationToken },
            async (site, _) =>
            {
                var isReached = !run.IsCancellationRequested;
                var result = isReached ? await RefreshAsync(site, isByHand: false, run.Token) : Nothing(site) with { Problem = TimeIsUp };
                cancellationToken.ThrowIfCancellationRequested();
                await ReportAsync(result, isReached);
                tally.Count(site, result.Busy, result.IsOk);
                results.Add(result);
            });

        await gauges.RecordAsync(MetricNames.RefreshTimer, all, cancellationToken);
        await removal.RunAsync(cancellationToken);
        return [.. results.OrderBy(result => result.Site, StringComparer.Ordinal)];
    }

    /// <summary>A run at one site alone, called by hand, for the same time at most. It tries again what Jira has refused.</summary>
    public async Task<SiteRefresh> RunAsync(Site site, CancellationToken cancellationToken)
    {
        using var budget = new CancellationTokenSource(options.RunBudget, clock);
        using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget.Token);
        var result = await RefreshAsync(site, isByHand: true, run.Token);
        await ReportAsync(result, isReached: true);
        return result;
    }

    private static SiteRefresh Nothing(Site site) => new(site.Id) { Failed = site.Subscriptions.Count };

    private async Task<SiteRefresh> RefreshAsync(Site site, bool isByHand, CancellationToken cancellationToken)
    {
        var nothing = Nothing(site);
        if (site.Problem is { } problem) return nothing with { Problem = problem };

        KeptLease? lease = null;
        try
        {
            await using var held = lease = await leases.TryKeepAsync("refresh", site.Id, cancellationToken);
            if (lease is null) return nothing with { Failed = 0, Busy = true, Problem = "Another run is at this site." };

            var result = await refresher.RefreshAsync(site, isByHand, lease.Token);
            return lease.IsLost ? result with { Problem = KeptLease.Lost } : result;
        }
        catch (JiraApiException error)
        {
            return nothing with { Problem = error.Message };
        }
        catch (OperationCanceledException)
        {
            return nothing with { Problem = lease is { IsLost: true } ? KeptLease.Lost : TimeIsUp };
        }
        catch (Exception error)
        {
            Log.Broken(logger, site.Id, error);
            return nothing with { Problem = $"{error.GetType().Name} on our side; see the log." };
        }
    }

    private async Task ReportAsync(SiteRefresh result, bool isReached)
    {
        Log.Refreshed(logger, result.Site, result.Registered, result.Extended, result.Replaced, result.Failed, result.SoonestExpiry, result.Problem ?? "");
        if (result.Busy) return;

        TimerMetrics.Count(result);
        if (isReached) await status.SaveAsync(result, CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Refresh of {Site}: {Registered} registered, {Extended} extended, {Replaced} replaced, {Failed} failed, soonest expiry {SoonestExpiry}. {Problem}")]
        public static partial void Refreshed(ILogger logger, string site, int registered, int extended, int replaced, int failed, DateTimeOffset? soonestExpiry, string problem);

        [LoggerMessage(2, LogLevel.Error, "Refresh of {Site} broke off.")]
        public static partial void Broken(ILogger logger, string site, Exception error);
    }
}
