using Azure.Data.Tables;
using JiraWebhooks.FailedDeliveries;
using JiraWebhooks.Storage;
using JiraWebhooks.Subscriptions;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Diagnostics;

/// <summary>What the timers found, kept for Health: on Flex Consumption no two functions share a process. Saving never fails a run.</summary>
public sealed partial class SiteStatusTable(LazyTable status, TimeProvider clock, ILogger<SiteStatusTable> logger)
{
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

    /// <summary>Since when the row tells of a problem; null when it tells of none.</summary>
    public static DateTimeOffset? ProblemSince(TableEntity? row) =>
        row?.GetString("Problem") is { Length: > 0 } ? row.GetDateTimeOffset("ProblemSince") : null;

    private async Task SaveAsync(string site, string kind, bool ok, string? problem, (string Name, DateTimeOffset? Value) fact, CancellationToken cancellationToken)
    {
        try
        {
            var table = await status.GetAsync(cancellationToken);
            var row = new TableEntity(site, kind) { ["At"] = clock.GetUtcNow(), ["Problem"] = problem ?? "" };
            if (problem is { Length: > 0 })
            {
                var before = await table.GetEntityIfExistsAsync<TableEntity>(site, kind, cancellationToken: cancellationToken);
                row["ProblemSince"] = before.HasValue && ProblemSince(before.Value) is { } since ? since : clock.GetUtcNow();
            }

            if (ok) row["OkAt"] = clock.GetUtcNow();
            if (fact.Value is not null) row[fact.Name] = fact.Value;

            // Merge: what this run does not know, the last success for one, stays.
            await table.UpsertEntityAsync(row, TableUpdateMode.Merge, cancellationToken);
        }
        catch (Exception error)
        {
            Log.NotSaved(logger, kind, site, error.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The state of {Kind} of {Site} could not be saved for Health ({Error}).")]
        public static partial void NotSaved(ILogger logger, string kind, string site, string error);
    }
}
