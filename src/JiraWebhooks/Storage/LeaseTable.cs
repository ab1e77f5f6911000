using Azure.Data.Tables;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Storage;

/// <summary>One row per piece of work that only one instance may do at a time. The Functions timer lock does not cover manual runs,
/// and on Flex Consumption no two functions share a process, so the lock is in Table Storage (docs/architecture.md#token-store).</summary>
public sealed class LeaseTable(LazyTable leases, TimeProvider clock, ILogger<LeaseTable> logger) : ILeases
{
    /// <summary>Takes the lease for <paramref name="duration"/>, or returns null while another process holds it. If the holder has died, the lease
    /// can be taken after its expiry.</summary>
    public async Task<Lease?> TryAcquireAsync(string kind, string key, TimeSpan duration, CancellationToken cancellationToken)
    {
        var table = await leases.GetAsync(cancellationToken);
        var held = await table.GetEntityIfExistsAsync<TableEntity>(kind, key, cancellationToken: cancellationToken);
        if (held.HasValue && Lease.IsHeld(held.Value!, held.GetRawResponse().Headers.Date ?? clock.GetUtcNow())) return null;

        return await Lease.TryTakeAsync(table, kind, key, duration, held.HasValue ? held.Value!.ETag : null, clock, cancellationToken);
    }

    /// <summary>Takes the lease for work of unknown length, or returns null while another process holds it. The lease is renewed until it is
    /// disposed or <paramref name="cancellationToken"/>, which cancels the work, is cancelled.</summary>
    public async Task<KeptLease?> TryKeepAsync(string kind, string key, CancellationToken cancellationToken) =>
        await TryAcquireAsync(kind, key, KeptLease.Duration, cancellationToken) is { } lease
            ? new KeptLease(lease, $"{kind}/{key}", clock, logger, cancellationToken)
            : null;

    async Task<IAsyncDisposable?> ILeases.TryAcquireAsync(string kind, string key, TimeSpan duration, CancellationToken cancellationToken) =>
        await TryAcquireAsync(kind, key, duration, cancellationToken);
}
