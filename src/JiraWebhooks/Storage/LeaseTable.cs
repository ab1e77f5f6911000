using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace JiraWebhooks.Storage;

/// <summary>One row per piece of work that only one instance may do at a time. The Functions timer lock does not cover manual runs,
/// and on Flex Consumption no two functions share a process, so the lock lives in Table Storage (decisions 12 and 16).</summary>
public sealed class LeaseTable(LazyTable leases, TimeProvider clock) : ILeases
{
    /// <summary>Takes the lease for <paramref name="duration"/>, or gives null while somebody else holds it.
    /// A holder that died is overruled when its time is up.</summary>
    public async Task<Lease?> TryAcquireAsync(string kind, string key, TimeSpan duration, CancellationToken cancellationToken)
    {
        var table = await leases.GetAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var row = new TableEntity(kind, key)
        {
            ["Owner"] = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture),
            ["ExpiresAt"] = now + duration,
        };

        try
        {
            var held = await table.GetEntityIfExistsAsync<TableEntity>(kind, key, cancellationToken: cancellationToken);
            if (held.HasValue && held.Value!.GetDateTimeOffset("ExpiresAt") > now) return null;

            var written = held.HasValue
                ? await table.UpdateEntityAsync(row, held.Value!.ETag, TableUpdateMode.Replace, cancellationToken)
                : await table.AddEntityAsync(row, cancellationToken);
            return new Lease(table, kind, key, written.Headers.ETag!.Value, now + duration);
        }
        catch (RequestFailedException lost) when (lost.Status is 404 or 409 or 412)
        {
            return null;
        }
    }

    async Task<IAsyncDisposable?> ILeases.TryAcquireAsync(string kind, string key, TimeSpan duration, CancellationToken cancellationToken) =>
        await TryAcquireAsync(kind, key, duration, cancellationToken);
}
