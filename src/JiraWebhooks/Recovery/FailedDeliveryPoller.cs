using System.Collections.Concurrent;
using JiraWebhooks.Health;
using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Telemetry;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Recovery;

/// <summary>Fetches the deliveries Jira gave up on and publishes them (decisions 9 and 16).</summary>
public sealed partial class FailedDeliveryPoller(
    ISiteStore sites,
    IEnumerable<ISiteRecovery> recoveries,
    LeaseTable leases,
    SiteStatusTable status,
    SiteGauges gauges,
    JiraWebhooksOptions options,
    TimeProvider clock,
    ILogger<FailedDeliveryPoller> logger)
{
    private const int SitesAtOnce = 4;
    private const string TimeIsUp = "The run's time is up; the next one goes on.";

    /// <summary>One run over all sites. One site's failure stops no other and is in the result, so this throws only when cancelled.</summary>
    public Task<IReadOnlyList<SitePoll>> RunAsync(CancellationToken cancellationToken) => RunAsync(new RunTally(), cancellationToken);

    /// <summary>The same for a timer, whose host must see that nothing works.</summary>
    /// <exception cref="TimerRunException">Every site that should have succeeded has failed; all were tried.</exception>
    public async Task RunTimerAsync(CancellationToken cancellationToken)
    {
        var tally = new RunTally();
        await RunAsync(tally, cancellationToken);
        tally.ThrowIfNoneWorked("poll");
    }

    private async Task<IReadOnlyList<SitePoll>> RunAsync(RunTally tally, CancellationToken cancellationToken)
    {
        using var span = Instrumentation.Activities.StartActivity("poll");
        using var budget = new CancellationTokenSource(options.RunBudget, clock);
        using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget.Token);

        var results = new ConcurrentBag<SitePoll>();
        var all = await sites.ListKnownAsync(logger, cancellationToken, tally.CountUnreadable);
        await Parallel.ForEachAsync(
            await status.OldestFirstAsync([.. all.Where(site => site.Problem is null && site.HasApi)], "poll", run.Token),
            new ParallelOptions { MaxDegreeOfParallelism = SitesAtOnce, CancellationToken = cancellationToken },
            async (site, _) =>
            {
                var isReached = !run.IsCancellationRequested;
                var result = isReached ? await PollAsync(site, null, run.Token) : new SitePoll(site.Id) { Problem = TimeIsUp };
                cancellationToken.ThrowIfCancellationRequested();
                await ReportAsync(result, isReached);
                tally.Count(site, result.Busy, result.Problem is null);
                results.Add(result);
            });

        await gauges.RecordAsync(MetricNames.PollTimer, all, cancellationToken);
        return [.. results.OrderBy(result => result.Site, StringComparer.Ordinal)];
    }

    /// <summary>One run at a site alone, which searches from <paramref name="from"/> whether or not anything is known to be lost; for a site whose
    /// failed list is open it reads that list.</summary>
    public async Task<SitePoll> RecoverAsync(Site site, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var result = await PollAsync(site, from, cancellationToken);
        await ReportAsync(result, isReached: true);
        return result;
    }

    private async Task<SitePoll> PollAsync(Site site, DateTimeOffset? from, CancellationToken cancellationToken)
    {
        var nothing = new SitePoll(site.Id);
        KeptLease? lease = null;
        try
        {
            await using var held = lease = await leases.TryKeepAsync("poll", site.Id, cancellationToken);
            return lease is null
                ? nothing with { Busy = true, Problem = "Another run is at this site." }
                : await recoveries.Single(recovery => recovery.Covers(site)).PollAsync(site, from, lease.Token);
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

    private async Task ReportAsync(SitePoll result, bool isReached)
    {
        foreach (var loss in result.Losses) Log.PossibleLoss(logger, result.Site, loss.Words);
        if (result.SweptFrom is { } since)
        {
            var state = result.Unfinished ? "not finished" : "finished";
            if (result.IsRepeat) Log.SearchedAgain(logger, result.Site, since, result.Repeated, state);
            else Log.Searched(logger, result.Site, since, result.Recovered, state);
        }

        Log.Polled(logger, result.Site, result.Recovered, result.Skipped, result.Cursor, result.Unsupported, result.Problem ?? "");
        if (result.Busy) return;

        TimerMetrics.Count(result);
        if (isReached) await status.SaveAsync(result, CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Poll of {Site}: {Recovered} recovered, {Skipped} known, cursor {Cursor}, unsupported {Unsupported}. {Problem}")]
        public static partial void Polled(ILogger logger, string site, int recovered, int skipped, DateTimeOffset? cursor, bool unsupported, string problem);

        [LoggerMessage(2, LogLevel.Error, "Deliveries of {Site} may be lost. {Reason}")]
        public static partial void PossibleLoss(ILogger logger, string site, string reason);

        [LoggerMessage(4, LogLevel.Warning, "Deliveries of {Site} may have been missed since {Since}: {Found} changed issues were published, reconstructed; the search is {State}.")]
        public static partial void Searched(ILogger logger, string site, DateTimeOffset since, int found, string state);

        [LoggerMessage(5, LogLevel.Information, "The search of {Site} since {Since} was repeated, as Jira indexes changes late: {Found} issues were published, most of them again; the repeat is {State}.")]
        public static partial void SearchedAgain(ILogger logger, string site, DateTimeOffset since, int found, string state);

        [LoggerMessage(3, LogLevel.Error, "Poll of {Site} broke off.")]
        public static partial void Broken(ILogger logger, string site, Exception error);
    }
}
