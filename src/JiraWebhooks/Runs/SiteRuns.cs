using System.Collections.Concurrent;
using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Telemetry;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Runs;

/// <summary>Runs work at one site or at all sites: within the time budget of a run, oldest first, one run per site at a time. The failure of one site
/// does not stop the others (docs/architecture.md#schedules).</summary>
public sealed partial class SiteRuns(
    ISiteStore sites, LeaseTable leases, IRunReport report, JiraWebhooksOptions options, TimeProvider clock, ILogger<SiteRuns> logger)
{
    /// <summary>The problem of a site whose run was stopped at the end of the time budget.</summary>
    internal const string TimeIsUp = "The run reached its time limit. The next run continues.";

    private static readonly TimeSpan FairTurn = TimeSpan.FromMinutes(1);

    /// <summary>One run over all sites. Throws only if it is cancelled.</summary>
    internal Task<IReadOnlyList<T>> RunAsync<T>(SiteWork<T> work, CancellationToken cancellationToken)
        where T : SiteResult => RunAsync(work, new RunTally(), dueOnly: false, cancellationToken);

    /// <summary>The same for a timer, at the sites that are due. It throws so that the host sees when nothing works.</summary>
    /// <exception cref="TimerRunException">Every site that should have succeeded has failed; all were tried.</exception>
    internal async Task RunTimerAsync<T>(SiteWork<T> work, CancellationToken cancellationToken)
        where T : SiteResult
    {
        var tally = new RunTally();
        await RunAsync(work, tally, dueOnly: true, cancellationToken);
        tally.ThrowIfNoneWorked(work.Kind);
    }

    /// <summary>A run at one site, with the same time budget.</summary>
    internal async Task<T> RunAsync<T>(SiteWork<T> work, Site site, CancellationToken cancellationToken)
        where T : SiteResult
    {
        using var budget = new CancellationTokenSource(options.RunBudget, clock);
        using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget.Token);
        var result = await DoAsync(work, site, began: null, run.Token);
        await ReportAsync(work, result, wasReached: true);
        return result;
    }

    /// <summary>The problem of a site for an error that is in the log.</summary>
    internal static string InternalError(Exception error) => $"Internal error ({error.GetType().Name}); see the log.";

    private async Task<IReadOnlyList<T>> RunAsync<T>(SiteWork<T> work, RunTally tally, bool dueOnly, CancellationToken cancellationToken)
        where T : SiteResult
    {
        using var span = Instrumentation.Activities.StartActivity(work.Kind);
        using var budget = new CancellationTokenSource(options.RunBudget, clock);
        using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget.Token);

        var results = new ConcurrentBag<T>();
        var all = await sites.ListKnownAsync(logger, cancellationToken, tally.CountUnreadable);
        var (turns, now) = await report.TurnsAsync([.. all.Where(work.Wants)], work.Kind, run.Token);
        var began = clock.GetTimestamp();
        var stillDue = 0;
        await Parallel.ForEachAsync(
            turns.Where(turn => !dueOnly || turn.IsDue(work.Every, work.SettingsFingerprint(turn.Site), now)).Select(turn => turn.Site).ToList(),
            new ParallelOptions { MaxDegreeOfParallelism = options.RunParallelism, CancellationToken = cancellationToken },
            async (site, _) =>
            {
                var wasReached = !run.IsCancellationRequested;
                var turn = clock.GetTimestamp();
                var result = wasReached ? await DoAsync(work, site, dueOnly ? began : null, run.Token) : CutShort(work, site);
                cancellationToken.ThrowIfCancellationRequested();

                // The end of the run is no fault of a site whose turn had just begun. A slow one has had its turn.
                if (result.IsCutShort && clock.GetElapsedTime(turn) < FairTurn) wasReached = false;
                if (!wasReached) Interlocked.Increment(ref stillDue);
                await ReportAsync(work, result, wasReached);
                tally.Count(site, result.Busy, result.IsOk);
                results.Add(result);
            });

        if (stillDue > 0) Log.StillDue(logger, work.Kind, stillDue);
        await report.EndAsync(work.Kind, all, stillDue, cancellationToken);
        return [.. results.OrderBy(result => result.Site, StringComparer.Ordinal)];
    }

    // Another instance may have worked at the site since this run has listed the sites that are due.
    private async Task<T> DoAsync<T>(SiteWork<T> work, Site site, long? began, CancellationToken cancellationToken)
        where T : SiteResult
    {
        if (site.Problem is { } problem) return With(work.Failed(site), problem);

        KeptLease? lease = null;
        try
        {
            await using var held = lease = await leases.TryKeepAsync(work.Kind, site.Id, cancellationToken);
            if (lease is null) return With(work.Nothing(site), "Another run is at this site.", busy: true);

            if (began is { } since && await report.WasThereAsync(site, work.Kind, clock.GetElapsedTime(since), lease.Token)) return With(work.Nothing(site), "Another run was at this site.", busy: true);

            var result = await work.DoAsync(site, lease.Token);
            result = (T)((SiteResult)result with { SettingsFingerprint = work.SettingsFingerprint(site) });
            return lease.IsLost ? With(result, KeptLease.Lost) : result;
        }
        catch (JiraApiException error)
        {
            return (T)((SiteResult)With(work.Failed(site), error.Message) with { RetryAfter = error.RetryAfter });
        }
        catch (OperationCanceledException)
        {
            return lease is { IsLost: true } ? With(work.Failed(site), KeptLease.Lost) : CutShort(work, site);
        }
        catch (Exception error)
        {
            Log.Broken(logger, work.Kind, site.Id, error);
            return With(work.Failed(site), InternalError(error));
        }
    }

    private async Task ReportAsync<T>(SiteWork<T> work, T result, bool wasReached)
        where T : SiteResult
    {
        work.Log(result);
        if (!result.Busy) await report.SaveAsync(result, wasReached);
    }

    private static T CutShort<T>(SiteWork<T> work, Site site)
        where T : SiteResult => With(work.Failed(site), TimeIsUp, isCutShort: true);

    // "with" does not compile for a type parameter. On the base record it copies the derived record.
    private static T With<T>(T result, string problem, bool busy = false, bool isCutShort = false)
        where T : SiteResult => (T)((SiteResult)result with { Problem = problem, Busy = busy, IsCutShort = isCutShort });

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The {Kind} of {Site} failed.")]
        public static partial void Broken(ILogger logger, string kind, string site, Exception error);

        [LoggerMessage(2, LogLevel.Warning, "The {Kind} has ended with {Count} sites still due: run it more often, see docs/operate.md#sizing-and-cost.")]
        public static partial void StillDue(ILogger logger, string kind, int count);
    }
}
