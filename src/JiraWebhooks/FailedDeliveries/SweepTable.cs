using Azure;
using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.FailedDeliveries;

/// <summary>What the sweep of a site remembers.</summary>
/// <param name="WellUntil">Up to when nothing is known to be missing.</param>
/// <param name="Version">Version of the row.</param>
public sealed record SweepState(DateTimeOffset WellUntil, ETag Version);

/// <summary>A time in which deliveries were answered 503.</summary>
/// <param name="From">The first.</param>
/// <param name="Last">The last so far.</param>
/// <param name="Version">Version of the row.</param>
public sealed record Outage(DateTimeOffset From, DateTimeOffset Last, ETag Version);

/// <summary>Rows <c>sweep</c> and <c>outage</c> of a site, beside its cursor.</summary>
public sealed class SweepTable(LazyTable cursors)
{
    private const string SweepRow = "sweep";
    private const string OutageRow = "outage";
    private const string MissingRow = "missing";

    /// <summary>The site's state, or null before its first run.</summary>
    public async Task<SweepState?> ReadAsync(string site, CancellationToken cancellationToken) =>
        await FindAsync(site, SweepRow, cancellationToken) is { } row && row.GetDateTimeOffset("WellUntil") is { } until ? new SweepState(until, row.ETag) : null;

    /// <summary>Moves <c>WellUntil</c>; false when another run has written since.</summary>
    public async Task<bool> TryWriteAsync(string site, DateTimeOffset wellUntil, ETag? version, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var row = new TableEntity(site, SweepRow) { ["WellUntil"] = wellUntil };
        try
        {
            if (version is { } known) await table.UpdateEntityAsync(row, known, TableUpdateMode.Replace, cancellationToken);
            else await table.AddEntityAsync(row, cancellationToken);
            return true;
        }
        catch (RequestFailedException lost) when (lost.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    /// <summary>The recorded outage, or null.</summary>
    public async Task<Outage?> OutageAsync(string site, CancellationToken cancellationToken) =>
        await FindAsync(site, OutageRow, cancellationToken) is { } row && row.GetDateTimeOffset("From") is { } from
            ? new Outage(from, row.GetDateTimeOffset("Last") ?? from, row.ETag)
            : null;

    /// <summary>Records a failure at <paramref name="at"/>. An outage that is open grows; instances may overwrite each other's last minute.</summary>
    public async Task RecordFailureAsync(string site, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var open = await OutageAsync(site, cancellationToken);
        var row = new TableEntity(site, OutageRow) { ["From"] = open?.From ?? at, ["Last"] = at };
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Forgets an outage, unless it has grown since it was read.</summary>
    public async Task CloseOutageAsync(string site, Outage outage, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        try
        {
            await table.DeleteEntityAsync(site, OutageRow, outage.Version, cancellationToken);
        }
        catch (RequestFailedException grown) when (grown.Status is 404 or 412)
        {
            // the next run sees to it
        }
    }

    /// <summary>Records that webhooks of the site were gone since <paramref name="from"/>: what happened meanwhile was never sent, and waits to
    /// be searched for. The earliest time counts.</summary>
    public async Task RecordMissingAsync(string site, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var earlier = (await FindAsync(site, MissingRow, cancellationToken))?.GetDateTimeOffset("From");
        await table.UpsertEntityAsync(new TableEntity(site, MissingRow) { ["From"] = earlier < from ? earlier : from }, TableUpdateMode.Replace, cancellationToken);
    }

    private async Task<TableEntity?> FindAsync(string site, string name, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(site, name, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }
}
