using JiraWebhooks.Storage;

namespace JiraWebhooks.OAuth;

/// <summary>Writes grants that people give, under the lease by which <see cref="OAuthTokenSource"/> rotates them: Key Vault has no
/// compare-and-swap, and a rotation under way would write its tokens over the new ones (docs/architecture.md#token-store).</summary>
public sealed class GrantWriter(ITokenStore store, ILeases leases, TimeProvider clock)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    // Longer than a lease lasts: one whose holder has died is waited out, as a consent that was not kept must be given again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>Writes what <paramref name="change"/> makes of the stored grant; null leaves it. False means that somebody without the lease
    /// wrote in between, and nothing was written.</summary>
    /// <exception cref="TimeoutException">Others kept the lease.</exception>
    public async Task<bool> TryWriteAsync(string grant, Func<StoredGrant?, OAuthGrant?> change, CancellationToken cancellationToken)
    {
        var giveUpAt = clock.GetUtcNow() + Patience;
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

            if (clock.GetUtcNow() >= giveUpAt) throw new TimeoutException($"The OAuth grant {grant} is being refreshed by somebody else.");
            await Task.Delay(Step, clock, cancellationToken);
        }
    }
}
