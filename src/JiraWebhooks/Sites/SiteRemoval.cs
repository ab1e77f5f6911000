using Azure;
using Azure.Data.Tables;
using JiraWebhooks.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites;

/// <summary>Erases removed sites one day after their removal: until then Jira may still retry deliveries, and a rejection would lose them.
/// The row is deleted last, so that an interrupted run is repeated. The id and the date stay for 45 days: without them, late deliveries would
/// look like those of a site whose row was lost. If the settings have a site of that id meanwhile, the rows of its state are its own and stay.</summary>
public sealed partial class SiteRemoval(
    SiteTable sites,
    ConfiguredSites configured,
    StoredSites cache,
    ISecretStore secrets,
    [FromKeyedServices(TableNames.Webhooks)] LazyTable webhooks,
    [FromKeyedServices(TableNames.Cursors)] LazyTable cursors,
    [FromKeyedServices(TableNames.Status)] LazyTable status,
    TimeProvider clock,
    ILogger<SiteRemoval> logger)
{
    /// <summary>How long deliveries of a removed site are still accepted.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    /// <summary>Erases the sites that are due. An error is logged, and the next run retries.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var rows = await sites.ReadAsync(cancellationToken);
            var now = rows.ReadAt;
            foreach (var row in rows.Sites.Where(row => now - row.RemovedAt >= Grace)) await EraseAsync(row, cancellationToken);
            foreach (var absent in rows.Absent.Where(absent => absent.IsOver(now))) await sites.ForgetAbsentAsync(absent.Id, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, error);
        }
    }

    /// <summary>Erases the remaining data of a site whose row was lost; its late deliveries are rejected from then on.</summary>
    public async Task EraseMissingAsync(string id, CancellationToken cancellationToken)
    {
        await sites.MarkErasedAsync(id, clock.GetUtcNow(), cancellationToken);
        await EraseAsync(id, cancellationToken);
        cache.Invalidate();
        Log.MissingErased(logger, id);
    }

    private async Task EraseAsync(StoredSite row, CancellationToken cancellationToken)
    {
        await EraseAsync(row.Id, cancellationToken);
        await sites.MarkErasedAsync(row.Id, clock.GetUtcNow(), cancellationToken);

        // If the removal was cancelled at the last moment, the site keeps its row and reports that its secret is missing.
        if (!await sites.TryDeleteAsync(row, cancellationToken))
        {
            await sites.ForgetAbsentAsync(row.Id, cancellationToken);
            return;
        }

        cache.Invalidate();
        Log.Erased(logger, row.Id);
    }

    private async Task EraseAsync(string id, CancellationToken cancellationToken)
    {
        LazyTable[] states = configured.Find(id) is null ? [webhooks, cursors, status] : [];
        foreach (var table in states) await EmptyAsync(await table.GetAsync(cancellationToken), id, cancellationToken);
        foreach (var scheme in Enum.GetValues<SiteScheme>()) await secrets.DeleteAsync(SecretName.Of(id, scheme), cancellationToken);
    }

    private static async Task EmptyAsync(TableClient table, string partition, CancellationToken cancellationToken)
    {
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"), cancellationToken: cancellationToken))
        {
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Site {Site} was removed a day ago: its rows and secrets are erased.")]
        public static partial void Erased(ILogger logger, string site);

        [LoggerMessage(3, LogLevel.Information, "Site {Site} was missing from the table and is erased: what still comes for it is refused.")]
        public static partial void MissingErased(ILogger logger, string site);

        [LoggerMessage(2, LogLevel.Error, "A removed site could not be erased; the next refresh tries again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
