using Azure;
using Azure.Data.Tables;

namespace JiraWebhooks.Storage;

/// <summary>A lease held until disposed or <see cref="ExpiresAt"/>. Work that writes must still guard its own rows by ETag:
/// a lease only keeps two runs apart, it cannot stop one that outlived it.</summary>
public sealed class Lease : IAsyncDisposable
{
    private readonly TableClient _table;
    private readonly TableEntity _row;
    private ETag _version;

    internal Lease(TableClient table, TableEntity row, ETag version) => (_table, _row, _version) = (table, row, version);

    /// <summary>When another may take it.</summary>
    public DateTimeOffset ExpiresAt => _row.GetDateTimeOffset(nameof(ExpiresAt))!.Value;

    /// <summary>The row of a lease that <paramref name="owner"/> holds until <paramref name="expiresAt"/>.</summary>
    internal static TableEntity Row(string kind, string key, string owner, DateTimeOffset expiresAt) =>
        new(kind, key) { [nameof(Owner)] = owner, [nameof(ExpiresAt)] = expiresAt };

    /// <summary>Holds the lease until <paramref name="expiresAt"/>. False if another has taken it. Throws what storage throws: then it is held for
    /// as long as before.</summary>
    internal async Task<bool> TryRenewAsync(DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        var next = Row(_row.PartitionKey, _row.RowKey, Owner(_row), expiresAt);
        if (await _table.TryWriteAsync(next, _version, cancellationToken) is { } written)
        {
            _version = written;
        }
        else
        {
            // The client sends a write again whose answer it has not got, and the second finds the version of the first.
            var held = await _table.GetEntityIfExistsAsync<TableEntity>(_row.PartitionKey, _row.RowKey, cancellationToken: cancellationToken);
            if (!held.HasValue || Owner(held.Value!) != Owner(_row)) return false;

            _version = held.Value!.ETag;
            expiresAt = held.Value.GetDateTimeOffset(nameof(ExpiresAt))!.Value;
        }

        _row[nameof(ExpiresAt)] = expiresAt;
        return true;
    }

    /// <summary>Gives the lease back. A failure is let pass: the row runs out by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _table.DeleteEntityAsync(_row.PartitionKey, _row.RowKey, _version);
        }
        catch (Exception)
        {
            // Taken over after it ran out, or storage is away, which the SDK tells by several exceptions: none of them is a failure of the work.
        }
    }

    private static string Owner(TableEntity row) => row.GetString(nameof(Owner));
}
