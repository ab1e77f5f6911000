using JiraWebhooks.Storage;

namespace JiraWebhooks.OAuth;

/// <summary>Writes the grants of new consents under the lease with which <see cref="OAuthTokenSource"/> rotates grants: Key Vault has no
/// compare-and-swap, and a rotation under way would overwrite the new tokens (docs/architecture.md#token-store).</summary>
public sealed class GrantWriter(ITokenStore store, ILeases leases, TimeProvider clock)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    // Longer than a lease: if the holder has died, wait until its lease expires. A consent that is not saved must be given again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>Writes what <paramref name="change"/> returns for the stored grant; null writes nothing. Returns false, and writes nothing, if a
    /// process without the lease wrote in between.</summary>
    /// <exception cref="TimeoutException">Other processes kept the lease.</exception>
    public async Task<bool> TryWriteAsync(string grant, Func<StoredGrant?, OAuthGrant?> change, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            using var hold = new CancellationTokenSource(GrantRotation.HoldTime, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, hold.Token);
            await using (var lease = await leases.TryAcquireAsync(GrantRotation.LeaseKind, grant, GrantRotation.LeaseTime, both.Token))
            {
                if (lease is not null)
                {
                    var stored = await store.ReadAsync(grant, both.Token);
                    return change(stored) is not { } next || await store.TryWriteAsync(grant, next, stored?.Version, both.Token);
                }
            }

            if (clock.GetElapsedTime(began) >= Patience) throw new TimeoutException($"The OAuth grant {grant} is being refreshed by another process.");
            await Task.Delay(Step, clock, cancellationToken);
        }
    }
}
