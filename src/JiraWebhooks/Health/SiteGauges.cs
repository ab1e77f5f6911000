using System.Collections.Concurrent;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Health;

/// <summary>Measures every site at the end of every timer run, from the stored state. If a site's own run fails, its stored times get old, and
/// the alerts check these ages.</summary>
internal sealed partial class SiteGauges(ISiteStore store, SiteStatusTable status, GrantStates grants, TimeProvider clock, ILogger<SiteGauges> logger)
{
    // This time is added to the run's budget, and the host ends an invocation after functionTimeout.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const int AtOnce = 16;

    /// <summary>Records the state of <paramref name="sites"/> without the disabled ones, and then that <paramref name="timer"/> ran.</summary>
    public async Task RecordAsync(string timer, IReadOnlyList<Site> sites, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var used = sites.Where(site => site.Disabled is null).ToList();
        var unhealthy = used.Where(site => (site.Problem ?? site.SecretProblem) is not null).Select(site => site.Id).ToHashSet(StringComparer.Ordinal);
        var reconnect = await ReconnectsAsync(used, limit.Token);
        var isMeasured = false;
        try
        {
            var (rows, _) = await status.ReadAllAsync(limit.Token);
            var now = clock.GetUtcNow();
            var states = used.Select(site => (Site: site, State: new SiteState(site, SiteStatusTable.Of(rows, site.Id)))).ToList();
            var withApi = states.Where(one => one.Site.HasApi).ToList();
            unhealthy.UnionWith(states.Where(one => one.State.WrongClock is not null).Select(one => one.Site.Id));
            unhealthy.UnionWith(withApi.Where(one => one.State.IsPollFailing(now)).Select(one => one.Site.Id).Except(reconnect ?? []));
            unhealthy.UnionWith((await store.ListMissingAsync(limit.Token)).Select(site => site.Id));
            TimerMetrics.Record([.. withApi.Select(one => (one.Site.Id, one.State))], now);

            // Last: a run that could not measure must not look like one that found no problem.
            TimerMetrics.CountRun(timer);
            isMeasured = true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotMeasured(logger, error.GetType().Name);
        }

        // Without the saved state, the number may be too small: it would resolve an alert that is still correct.
        TimerMetrics.Count(isMeasured ? unhealthy.Count : null, reconnect?.Count);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // Null if a grant cannot be read: a number that is too small would resolve an alert that is still correct.
    private async Task<IReadOnlyCollection<string>?> ReconnectsAsync(List<Site> sites, CancellationToken cancellationToken)
    {
        var (reconnect, read) = (new ConcurrentBag<string>(), new GrantReads(grants));
        try
        {
            await Parallel.ForEachAsync(
                sites.Where(site => site.Problem is null && site.Scheme is SiteScheme.OAuth),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (site, token) =>
                {
                    if (await IsDeadAsync(site, read, token)) reconnect.Add(site.Id);
                });
            return reconnect;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private async Task<bool> IsDeadAsync(Site site, GrantReads read, CancellationToken cancellationToken)
    {
        try
        {
            return await read.ReconnectRequiredSinceAsync(site, cancellationToken) is not null;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unreadable(logger, site.Id, error.GetType().Name);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The OAuth grant of {Site} cannot be read now ({Error}).")]
        public static partial void Unreadable(ILogger logger, string site, string error);

        [LoggerMessage(2, LogLevel.Error, "The saved state of the sites cannot be read ({Error}): this run measures none of them.")]
        public static partial void NotMeasured(ILogger logger, string error);
    }
}
