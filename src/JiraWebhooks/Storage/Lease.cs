using Azure;
using Azure.Data.Tables;

namespace JiraWebhooks.Storage;

/// <summary>A lease that is held until it is disposed or until <see cref="ExpiresAt"/>. Work that writes must also guard its rows by ETag:
/// a lease separates two runs, but it cannot stop a run that lasts longer than its lease.</summary>
public sealed class Lease : IAsyncDisposable
{
    private readonly TableClient _table;
    private readonly TableEntity _row;
    private ETag _version;

    internal Lease(TableClient table, TableEntity row, ETag version) => (_table, _row, _version) = (table, row, version);

    /// <summary>When another process may take it.</summary>
    public DateTimeOffset ExpiresAt => _row.Time(nameof(ExpiresAt))!.Value;

    /// <summary>The row of a lease that <paramref name="owner"/> holds until <paramref name="expiresAt"/>.</summary>
    internal static TableEntity Row(string kind, string key, string owner, DateTimeOffset expiresAt) =>
        new(kind, key) { [nameof(Owner)] = owner, [nameof(ExpiresAt)] = expiresAt };

    /// <summary>Extends the lease to <paramref name="expiresAt"/>. Returns false if another process has taken it. Throws the errors of storage; then
    /// the old expiry stays.</summary>
    internal async Task<bool> TryRenewAsync(DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        var next = Row(_row.PartitionKey, _row.RowKey, Owner(_row), expiresAt);
        if (await _table.TryWriteAsync(next, _version, cancellationToken) is { } written)
        {
            _version = written;
        }
        else
        {
            // The client repeats a write whose response is lost, and the repeated write finds the version of the first.
            var held = await _table.GetEntityIfExistsAsync<TableEntity>(_row.PartitionKey, _row.RowKey, cancellationToken: cancellationToken);
            if (!held.HasValue || Owner(held.Value!) != Owner(_row)) return false;

            _version = held.Value!.ETag;
            expiresAt = held.Value.Time(nameof(ExpiresAt))!.Value;
        }

        _row[nameof(ExpiresAt)] = expiresAt;
        return true;
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

    private static string Owner(TableEntity row) => row.Text(nameof(Owner)) ?? "";
}
