using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace JiraWebhooks.Storage;

/// <summary>A lease that is held until it is disposed or its duration is over. Only storage's clock decides when another process may take it, because
/// the clocks of two hosts differ. Work that writes must also guard its rows by ETag: a lease separates two runs, but it cannot stop a run that lasts
/// longer than its lease.</summary>
public sealed class Lease : IAsyncDisposable
{
    private const string Seconds = "Seconds";

    // Leases last a minute. A row that was edited by hand must not hold its work for years.
    private const long MostSeconds = 3600;

    // A renewal whose response is lost is found and done again; a second loss ends the lease.
    private const int MostWrites = 2;

    private readonly TableClient _table;
    private readonly TableEntity _row;
    private readonly TimeProvider _clock;
    private ETag _version;

    private Lease(TableClient table, TableEntity row, TimeProvider clock, long heldSince, ETag version) =>
        (_table, _row, _clock, HeldSince, _version) = (table, row, clock, heldSince, version);

    /// <summary>A timestamp of the clock from before the last write. Storage counts the duration from the write itself, so another process takes the
    /// lease later than a holder that counts from here expects.</summary>
    internal long HeldSince { get; private set; }

    /// <summary>Takes the lease over the version of the row that was read (null: there was no row); null if another process was faster.</summary>
    internal static async Task<Lease?> TryTakeAsync(
        TableClient table, string kind, string key, TimeSpan duration, ETag? version, TimeProvider clock, CancellationToken cancellationToken)
    {
        var row = new TableEntity(kind, key) { [nameof(Owner)] = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture), [Seconds] = (long)duration.TotalSeconds };
        var before = clock.GetTimestamp();
        var written = await table.TryWriteAsync(row, version, cancellationToken) ?? await OwnVersionAsync(table, row, cancellationToken);
        return written is { } taken ? new Lease(table, row, clock, before, taken) : null;
    }

    /// <summary>True if another process holds the lease of <paramref name="row"/> at <paramref name="now"/>, the time of storage.</summary>
    internal static bool IsHeld(TableEntity row, DateTimeOffset now) =>
        row.Timestamp + TimeSpan.FromSeconds(Math.Clamp(row.Whole(Seconds) ?? 0, 0, MostSeconds)) > now;

    /// <summary>Extends the lease: its duration begins again. Returns false if another process has taken it. Throws the errors of storage; then it ends
    /// when it would have ended without the call.</summary>
    internal async Task<bool> TryRenewAsync(CancellationToken cancellationToken)
    {
        for (var write = 0; write < MostWrites; write++)
        {
            var before = _clock.GetTimestamp();
            if (await _table.TryWriteAsync(_row, _version, cancellationToken) is { } written)
            {
                (_version, HeldSince) = (written, before);
                return true;
            }

            if (await OwnVersionAsync(_table, _row, cancellationToken) is not { } version) return false;

            _version = version;
        }

        return false;
    }

    /// <summary>Releases the lease. An error is ignored: the lease expires by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _table.DeleteEntityAsync(_row.PartitionKey, _row.RowKey, _version);
        }
        catch (Exception)
        {
            // The lease expired and was taken over, or storage is unavailable (several exception types of the SDK): the work itself has not failed.
        }
    }

    // The client repeats a write whose response is lost, and the repeated write finds the version of the first. Each lease has an owner of its own.
    private static async Task<ETag?> OwnVersionAsync(TableClient table, TableEntity row, CancellationToken cancellationToken)
    {
        var held = await table.GetEntityIfExistsAsync<TableEntity>(row.PartitionKey, row.RowKey, cancellationToken: cancellationToken);
        return held.HasValue && Owner(held.Value!) == Owner(row) ? held.Value!.ETag : null;
    }

    private static string Owner(TableEntity row) => row.Text(nameof(Owner)) ?? "";
}
