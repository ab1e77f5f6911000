using Azure.Data.Tables;
using JiraWebhooks.Recovery;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Health;

/// <summary>Saves the results of the timers for Health: on Flex Consumption no two functions share a process. A failed save does not fail the run.</summary>
internal sealed partial class SiteStatusTable(LazyTable status, StorageTime time, TimeProvider clock, ILogger<SiteStatusTable> logger)
{
    /// <summary>The row that says whether tokens are valid except for their times.</summary>
    internal const string ClockRow = "clock";

    /// <summary>The row of the last accepted delivery.</summary>
    internal const string DeliveryRow = "delivery";

    /// <summary>When the last delivery was accepted.</summary>
    internal const string LastDelivery = "LastDelivery";

    /// <summary>When the last such token came.</summary>
    internal const string LateAt = "LateAt";

    // No site can have that name.
    private const string RunsPartition = "$runs";
    private const string StillDue = "StillDue";
    private const string SettingsFingerprint = "Version";
    private const string RetryAfter = "RetryAfterSeconds";

    // Jira's quotas are those of an hour, and it keeps a failed delivery for three days: no site waits longer than a day, whatever its row says.
    private const long MostSeconds = 24 * 3600;

    // The timers' client waits for minutes, but a run that has used its budget must end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Saves a refresh.</summary>
    public Task SaveAsync(SiteRefresh result, CancellationToken cancellationToken) =>
        SaveAsync(result, RunKind.Refresh, result.IsOk, ("SoonestExpiry", result.SoonestExpiry), cancellationToken);

    /// <summary>Saves a poll.</summary>
    public Task SaveAsync(SitePoll result, CancellationToken cancellationToken) =>
        SaveAsync(result, RunKind.Poll, result.Problem is null, ("Cursor", result.Cursor), cancellationToken);

    private Task SaveAsync(SiteResult result, string kind, bool ok, (string Name, DateTimeOffset? Value) fact, CancellationToken cancellationToken) => SaveAsync(
        result.Site,
        kind,
        (before, now) =>
        {
            var row = Row(result.Site, kind, before, now, ok, result.Problem, fact);
            if ((ok ? result.SettingsFingerprint : before?.Text(SettingsFingerprint)) is { } fingerprint) row[SettingsFingerprint] = fingerprint;
            if (result.RetryAfter is { } wait) row[RetryAfter] = (long)Math.Ceiling(wait.TotalSeconds);
            return row;
        },
        cancellationToken);

    /// <summary>Saves how many sites had no turn in a run.</summary>
    public Task SaveStillDueAsync(string kind, int count, CancellationToken cancellationToken) =>
        SaveAsync(RunsPartition, kind, (_, now) => new TableEntity(RunsPartition, kind) { ["At"] = now, [StillDue] = count }, cancellationToken);

    /// <summary>How many sites had no turn in the last run of <paramref name="kind"/>.</summary>
    public static long CountStillDue(ILookup<string, TableEntity> rows, string kind) => rows[RunsPartition].FirstOrDefault(row => row.RowKey == kind)?.Whole(StillDue) ?? 0;

    /// <summary>Saves when a site's last delivery was accepted, unless another instance has saved a later one.</summary>
    public Task SaveDeliveryAsync(string site, DateTimeOffset at, CancellationToken cancellationToken) => SaveAsync(
        site,
        DeliveryRow,
        (before, now) => before?.PastTime(LastDelivery) is { } saved && saved >= at && saved <= now ? null
            : Row(site, DeliveryRow, before, now, ok: true, problem: null, (LastDelivery, at)),
        cancellationToken);

    /// <summary>Saves that a site's token was valid except for its times: <paramref name="problem"/>, unless a delivery is accepted later.</summary>
    public Task SaveLateAsync(string site, string problem, CancellationToken cancellationToken) =>
        SaveAsync(site, ClockRow, (before, now) => Row(site, ClockRow, before, now, ok: false, problem, (LateAt, now)), cancellationToken);

    /// <summary>Saves that a delivery was accepted after a late one; if there was no late one, it only reads.</summary>
    public Task SaveInTimeAsync(string site, CancellationToken cancellationToken) => SaveAsync(
        site,
        ClockRow,
        (before, now) => ProblemSince(before) is null ? null : Row(site, ClockRow, before, now, ok: true, problem: null, (LateAt, before!.PastTime(LateAt))),
        cancellationToken);

    /// <summary>Reads all rows of a site, by kind: <c>refresh</c>, <c>poll</c>, <c>delivery</c>, <c>clock</c>.</summary>
    public async Task<IReadOnlyDictionary<string, TableEntity>> ReadAsync(string site, CancellationToken cancellationToken)
    {
        var table = await status.GetAsync(cancellationToken);
        var rows = new Dictionary<string, TableEntity>(StringComparer.Ordinal);
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {site}"), cancellationToken: cancellationToken))
        {
            rows[row.RowKey] = row;
        }

        return rows;
    }

    /// <summary>The rows of one site, by kind.</summary>
    public static IReadOnlyDictionary<string, TableEntity> Of(ILookup<string, TableEntity> rows, string site) =>
        rows[site].ToDictionary(row => row.RowKey, StringComparer.Ordinal);

    /// <summary>Reads the rows of all sites in one query, and the time of storage at its end.</summary>
    public async Task<(ILookup<string, TableEntity> Rows, DateTimeOffset Now)> ReadAllAsync(CancellationToken cancellationToken)
    {
        var table = await status.GetAsync(cancellationToken);
        var (rows, now) = (new List<TableEntity>(), clock.GetUtcNow());
        await foreach (var page in table.QueryAsync<TableEntity>(cancellationToken: cancellationToken).AsPages())
        {
            rows.AddRange(page.Values);
            now = time.ClockOf(page.GetRawResponse()).GetUtcNow();
        }

        return (rows.ToLookup(row => row.PartitionKey, StringComparer.Ordinal), now);
    }

    /// <summary>Sorts <paramref name="sites"/> by their last run of <paramref name="kind"/>, the longest wait first: sites that never answer must
    /// not keep the others out of every run. Keeps the given order if the table cannot be read.</summary>
    public async Task<(IReadOnlyList<SiteTurn> Turns, DateTimeOffset Now)> TurnsAsync(IReadOnlyList<Site> sites, string kind, CancellationToken cancellationToken)
    {
        try
        {
            var (rows, now) = await ReadAllAsync(cancellationToken);
            return ([.. sites.Select(site => Turn(site, rows[site.Id].FirstOrDefault(row => row.RowKey == kind))).OrderBy(turn => turn.At ?? DateTimeOffset.MinValue)], now);
        }
        catch (Exception error)
        {
            Log.Unordered(logger, error.GetType().Name);
            return ([.. sites.Select(site => new SiteTurn(site))], clock.GetUtcNow());
        }
    }

    /// <summary>True if a run of <paramref name="kind"/> was at the site in the last <paramref name="period"/>, by storage's clock alone, and succeeded or
    /// was asked by Jira to wait until later than now; false if the table cannot be read.</summary>
    public async Task<bool> WasThereAsync(string site, string kind, TimeSpan period, CancellationToken cancellationToken)
    {
        try
        {
            var table = await status.GetAsync(cancellationToken);
            var row = await table.GetEntityIfExistsAsync<TableEntity>(site, kind, cancellationToken: cancellationToken);
            if (!row.HasValue || row.GetRawResponse().Headers.Date is not { } now) return false;

            // Work that is done twice does less harm than work that is left.
            return now - row.Value!.Timestamp + StorageTime.Grain < period
                && (row.Value.Time("OkAt") == row.Value.Time("At") || now < NotBefore(row.Value));
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static SiteTurn Turn(Site site, TableEntity? row) => new(site)
    {
        At = row?.Timestamp,
        OkAt = row?.PastTime("OkAt"),
        NotBefore = row is null ? null : NotBefore(row),
        SettingsFingerprint = row?.Text(SettingsFingerprint),
    };

    private static DateTimeOffset? NotBefore(TableEntity row) =>
        row.Whole(RetryAfter) is { } seconds ? row.Timestamp + TimeSpan.FromSeconds(Math.Clamp(seconds, 0, MostSeconds)) : null;

    /// <summary>Since when the row reports a problem; null if it reports none.</summary>
    public static DateTimeOffset? ProblemSince(TableEntity? row) =>
        row?.Text("Problem") is { Length: > 0 } ? row.PastTime("ProblemSince") : null;

    private async Task SaveAsync(string site, string kind, Func<TableEntity?, DateTimeOffset, TableEntity?> make, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(Patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            var table = await status.GetAsync(limit.Token);
            var (before, storage) = await time.FindAsync(table, site, kind, limit.Token);

            // Replace: a merge keeps the old value of a property that is null now.
            if (make(before, storage.GetUtcNow()) is { } row) await table.UpsertEntityAsync(row, TableUpdateMode.Replace, limit.Token);
        }
        catch (Exception error)
        {
            if (!cancellationToken.IsCancellationRequested) Log.NotSaved(logger, kind, site, error.GetType().Name);
        }
    }

    private static TableEntity Row(string site, string kind, TableEntity? before, DateTimeOffset now, bool ok, string? problem, (string Name, DateTimeOffset? Value) fact) =>
        new(site, kind)
        {
            ["At"] = now,
            ["FirstAt"] = before?.PastTime("FirstAt") ?? now,
            ["OkAt"] = ok ? now : before?.PastTime("OkAt"),
            ["Problem"] = problem ?? "",
            ["ProblemSince"] = problem is { Length: > 0 } ? ProblemSince(before) ?? now : null,
            // A failed run knows nothing, so the known values stay. A successful run that found no value clears it.
            [fact.Name] = fact.Value ?? (ok ? null : before?.Time(fact.Name)),
        };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The state of {Kind} of {Site} could not be saved for Health ({Error}).")]
        public static partial void NotSaved(ILogger logger, string kind, string site, string error);

        [LoggerMessage(2, LogLevel.Warning, "The times of the last runs cannot be read ({Error}). Sites run in their listed order.")]
        public static partial void Unordered(ILogger logger, string error);
    }
}
