using Azure.Data.Tables;
using JiraWebhooks.Deliveries;
using JiraWebhooks.OAuth;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Health;

/// <summary>Computes Health from what the timers saved, the settings and the grants (docs/jira-behaviour.md#health-per-site). The short form is
/// public: it is cached, because each report reads storage and the vault for every site. Details are never cached, except for grants that work
/// (<see cref="GrantStates.BelievedFor"/>).</summary>
internal sealed partial class HealthReporter(
    ISiteStore sites, SiteStatusTable status, GrantStates grants, DeliveryActivity activity, TimeProvider clock, ILogger<HealthReporter> logger) : IHealthReporter
{
    /// <summary>How long the short form is cached.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int AtOnce = 16;

    private readonly Lock _gate = new();
    private Task<HealthReport>? _short;
    private long _shortAt;

    /// <inheritdoc/>
    public async Task<HealthReport> ReportAsync(bool details, CancellationToken cancellationToken)
    {
        try
        {
            return details ? await MakeAsync(cancellationToken) : new HealthReport((await ShortAsync().WaitAsync(cancellationToken)).Healthy, null);
        }
        catch (Exception error)
        {
            return new HealthReport(false, details ? [] : null) { Notice = details ? $"The report could not be made ({error.GetType().Name}); see the log." : null };
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SiteHealth>> ReportAsync(IReadOnlyList<Site> some, CancellationToken cancellationToken)
    {
        if (some is not [var site]) return await EachAsync(some, await TryReadAllAsync(cancellationToken), cancellationToken);

        // One site: its rows alone.
        try
        {
            return [await ReportAsync(site, await status.ReadAsync(site.Id, cancellationToken), new GrantReads(grants), cancellationToken)];
        }
        catch (Azure.RequestFailedException)
        {
            return [Unreadable(site)];
        }
    }

    private async Task<SiteHealth> ReportAsync(Site site, IReadOnlyDictionary<string, TableEntity> rows, GrantReads read, CancellationToken cancellationToken)
    {
        try
        {
            var now = clock.GetUtcNow();
            var saved = new SiteState(site, rows, Accepted(site));
            var (state, reason, since) = await StateAsync(site, saved, now, read, cancellationToken);
            return new SiteHealth(
                site.Id,
                state,
                reason,
                since,
                saved.LastDelivery,
                saved.LastRefresh,
                saved.SoonestExpiry,
                saved.Cursor,
                saved.Cursor is { } at ? Math.Round((now - at).TotalHours, 1) : null,
                Notice(ConnectNotice.Of(site), state is "ok" ? saved.Notice(now) : null, saved.LateDelivery(now)));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.NotComputed(logger, site.Id, error);
            return Unhealthy(site, $"Its state could not be computed ({error.GetType().Name}); see the log.");
        }
    }

    private Task<HealthReport> ShortAsync()
    {
        lock (_gate)
        {
            if (_short is not null && (!_short.IsCompleted || clock.GetElapsedTime(_shortAt) < FreshFor)) return _short;

            _shortAt = clock.GetTimestamp();

            // The first caller may disconnect; the other callers still wait for the report.
            return _short = Task.Run(() => MakeAsync(CancellationToken.None));
        }
    }

    // Logs here and not for each caller: many callers can wait for the same short report.
    private async Task<HealthReport> MakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotMade(logger, error);
            throw;
        }
    }

    private async Task<HealthReport> ReadAsync(CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(Patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        var rows = await TryReadAllAsync(limit.Token);
        List<SiteHealth> reports = [.. await EachAsync(await sites.ListAsync(limit.Token), rows, limit.Token)];
        reports.AddRange((await sites.ListMissingAsync(limit.Token)).Select(site => new SiteHealth(site.Id, "unhealthy", site.Reason, site.Since, null, null, null, null, null)));
        return new HealthReport(reports.TrueForAll(report => report.State is "ok" or "disabled"), reports) { Notice = rows is null ? null : StillDue(rows) };
    }

    private async Task<SiteHealth[]> EachAsync(IReadOnlyList<Site> all, ILookup<string, TableEntity>? rows, CancellationToken cancellationToken)
    {
        var made = new SiteHealth[all.Count];
        var read = new GrantReads(grants);
        await Parallel.ForAsync(0, all.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (index, token) =>
            made[index] = rows is null ? Unreadable(all[index]) : await ReportAsync(all[index], SiteStatusTable.Of(rows, all[index].Id), read, token));
        return made;
    }

    private async Task<ILookup<string, TableEntity>?> TryReadAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await status.ReadAllAsync(cancellationToken)).Rows;
        }
        catch (Azure.RequestFailedException)
        {
            return null;
        }
    }

    private static SiteHealth Unreadable(Site site) => Unhealthy(site, "Table Storage cannot be read.");

    private static SiteHealth Unhealthy(Site site, string reason) => new(site.Id, "unhealthy", reason, null, null, null, null, null, null, ConnectNotice.Of(site));

    private static string? StillDue(ILookup<string, TableEntity> rows) => Notice(
        [.. new[] { RunKind.Refresh, RunKind.Poll }.Select(kind => (Kind: kind, Count: SiteStatusTable.CountStillDue(rows, kind))).Where(run => run.Count > 0)
            .Select(run => $"The last {run.Kind} ended with {run.Count} sites still due: run it more often, see docs/operate.md#sizing-and-cost.")]);

    private static async Task<(string State, string? Reason, DateTimeOffset? Since)> StateAsync(Site site, SiteState saved,
        DateTimeOffset now, GrantReads read, CancellationToken cancellationToken)
    {
        if (site.Disabled is { } disabled) return ("disabled", disabled.Reason, disabled.Since);
        if ((site.Problem ?? site.SecretProblem) is { } problem) return ("unhealthy", problem, saved.WrongSince);
        if (site.Scheme is SiteScheme.OAuth)
        {
            try
            {
                if (await read.ReconnectRequiredSinceAsync(site, cancellationToken) is { } dead)
                {
                    return ("reconnect_required", "The OAuth grant is missing or no longer valid: connect the site again.", dead);
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                return ("unhealthy", "Its OAuth grant cannot be read.", null);
            }
        }

        return site.HasApi && saved.Trouble(now) is { } trouble ? ("unhealthy", trouble.Reason, trouble.Since) : ("ok", null, null);
    }

    private DateTimeOffset? Accepted(Site site) => activity.Accepted.TryGetValue(site.Id, out var at) ? at : null;

    private static string? Notice(params string?[] parts) => string.Join(' ', parts.OfType<string>()) is { Length: > 0 } text ? text : null;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The health report could not be made.")]
        public static partial void NotMade(ILogger logger, Exception error);

        [LoggerMessage(2, LogLevel.Warning, "The state of {Site} could not be computed for Health.")]
        public static partial void NotComputed(ILogger logger, string site, Exception error);
    }
}
