using Azure.Data.Tables;
using JiraWebhooks.FailedDeliveries;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Subscriptions;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Diagnostics;

/// <summary>What the timers found, kept for Health: on Flex Consumption no two functions share a process. Saving never fails a run.</summary>
public sealed partial class SiteStatusTable(LazyTable status, TimeProvider clock, ILogger<SiteStatusTable> logger)
{
    // The timers' client waits for minutes, and a run that has spent its budget must end all the same.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Saves a refresh.</summary>
    public Task SaveAsync(SiteRefresh result, CancellationToken cancellationToken) =>
        SaveAsync(result.Site, "refresh", result is { Failed: 0, Problem: null }, result.Problem, ("SoonestExpiry", result.SoonestExpiry), cancellationToken);

    /// <summary>Saves a poll.</summary>
    public Task SaveAsync(SitePoll result, CancellationToken cancellationToken) =>
        SaveAsync(result.Site, "poll", result.Problem is null, result.Problem, ("Cursor", result.Cursor), cancellationToken);

    /// <summary>Saves when a site's last delivery was accepted.</summary>
    public Task SaveDeliveryAsync(string site, DateTimeOffset at, CancellationToken cancellationToken) =>
        SaveAsync(site, "delivery", true, null, ("LastDelivery", at), cancellationToken);

    /// <summary>All that is known of a site, by kind: <c>refresh</c>, <c>poll</c>, <c>delivery</c>.</summary>
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

    /// <summary>The same of every site, in one query.</summary>
    public async Task<ILookup<string, TableEntity>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var table = await status.GetAsync(cancellationToken);
        var rows = new List<TableEntity>();
        await foreach (var row in table.QueryAsync<TableEntity>(cancellationToken: cancellationToken)) rows.Add(row);
        return rows.ToLookup(row => row.PartitionKey, StringComparer.Ordinal);
    }

    /// <summary><paramref name="sites"/> by when a run of <paramref name="kind"/> last came to them, the longest wait first: sites that never answer
    /// must not keep the others out of every run. In their own order where that cannot be read.</summary>
    public async Task<IReadOnlyList<Site>> OldestFirstAsync(IReadOnlyList<Site> sites, string kind, CancellationToken cancellationToken)
    {
        try
        {
            var rows = await ReadAllAsync(cancellationToken);
            return [.. sites.OrderBy(site => rows[site.Id].FirstOrDefault(row => row.RowKey == kind)?.GetDateTimeOffset("At") ?? DateTimeOffset.MinValue)];
        }
        catch (Exception error)
        {
            Log.Unordered(logger, error.GetType().Name);
            return sites;
        }
    }

    /// <summary>Since when the row tells of a problem; null when it tells of none.</summary>
    public static DateTimeOffset? ProblemSince(TableEntity? row) =>
        row?.GetString("Problem") is { Length: > 0 } ? row.GetDateTimeOffset("ProblemSince") : null;

    private async Task SaveAsync(string site, string kind, bool ok, string? problem, (string Name, DateTimeOffset? Value) fact, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(Patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            var table = await status.GetAsync(limit.Token);
            var found = await table.GetEntityIfExistsAsync<TableEntity>(site, kind, cancellationToken: limit.Token);
            var before = found.HasValue ? found.Value : null;
            var now = clock.GetUtcNow();
            var row = new TableEntity(site, kind)
            {
                ["At"] = now,
                ["FirstAt"] = before?.GetDateTimeOffset("FirstAt") ?? now,
                ["OkAt"] = ok ? now : before?.GetDateTimeOffset("OkAt"),
                ["Problem"] = problem ?? "",
                ["ProblemSince"] = problem is { Length: > 0 } ? ProblemSince(before) ?? now : null,
                // A run that failed knows nothing, and what was known stays; one that went well and found none says that there is none any more.
                [fact.Name] = fact.Value ?? (ok ? null : before?.GetDateTimeOffset(fact.Name)),
            };

            // Replace: a merge leaves what is null as it was.
            await table.UpsertEntityAsync(row, TableUpdateMode.Replace, limit.Token);
        }
        catch (Exception error)
        {
            if (!cancellationToken.IsCancellationRequested) Log.NotSaved(logger, kind, site, error.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The state of {Kind} of {Site} could not be saved for Health ({Error}).")]
        public static partial void NotSaved(ILogger logger, string kind, string site, string error);

        [LoggerMessage(2, LogLevel.Warning, "When the sites had their last turn cannot be read ({Error}): they come in their own order.")]
        public static partial void Unordered(ILogger logger, string error);
    }
}
