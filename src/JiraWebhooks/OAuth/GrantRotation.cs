using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.OAuth;

/// <summary>Finds a valid access token once: in the store, else from Atlassian under the lease. Atlassian replaces the refresh token on each
/// use and accepts the old one for about 10 more minutes, so the next call in that time recovers from a crash before the save
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/#use-a-refresh-token-to-get-another-access-token-and-refresh-token-pair"/>).</summary>
internal sealed partial class GrantRotation(
    ITokenStore store, ILeases leases, OAuthGrantClient client, TimeProvider clock, ILogger logger)
{
    /// <summary>Kind of the lease row.</summary>
    public const string LeaseKind = "token";

    private const int MostRounds = 5;

    /// <summary>How long a lease lasts.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);

    /// <summary>Shorter than the lease: a process must not write after its lease has expired.</summary>
    public static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan LeaseStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeasePatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);

    // An access token with this much remaining time is used if the new one cannot be fetched.
    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(1);

    // How long a call with a good access token waits for the store.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Returns a valid access token. Runs on its own budget, not on the caller's.</summary>
    public async Task<string> RunAsync(Site site, GrantCell cell, string? rejected)
    {
        var grant = GrantName.Of(site);
        if (cell.Token?.Value == rejected) cell.Token = null;
        using var budget = new CancellationTokenSource(Budget, clock);
        try
        {
            return await FindAsync(new(site, grant, cell, rejected), budget.Token);
        }
        catch (Exception error) when (error is not ReconnectRequiredException)
        {
            if (Spared(cell, rejected) is { } token)
            {
                // The next calls must not wait for the same store.
                cell.Token = token with { SeenAt = clock.GetTimestamp() };
                Log.StillUsable(logger, grant, error.GetType().Name);
                return token.Value;
            }

            if (error is OperationCanceledException) throw new TimeoutException($"The OAuth grant {grant} could not be refreshed in time.");
            throw;
        }
    }

    private async Task<string> FindAsync(Flight flight, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            if (flight.Cell.Unsaved is null && Adopt(flight, await ReadAsync(flight, cancellationToken)) is { } adopted) return adopted;

            using var hold = new CancellationTokenSource(HoldTime, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, hold.Token);
            await using (var lease = await leases.TryAcquireAsync(LeaseKind, flight.Grant, LeaseTime, both.Token))
            {
                if (lease is not null) return await RotateAsync(flight, both.Token);
            }

            if (Spared(flight.Cell, flight.Rejected) is { } token) return token.Value;
            if (clock.GetElapsedTime(began) >= LeasePatience) throw new TimeoutException($"The OAuth grant {flight.Grant} is being refreshed by another process.");
            await Task.Delay(LeaseStep, clock, cancellationToken);
        }
    }

    private async Task<StoredGrant?> ReadAsync(Flight flight, CancellationToken cancellationToken)
    {
        var read = store.ReadAsync(flight.Grant, cancellationToken);
        var isGood = flight.Cell.Token?.IsGood(flight.Rejected, clock.GetUtcNow() + OAuthTokenSource.RefreshAhead) is true;
        return await (isGood ? read.WaitAsync(Patience, clock, cancellationToken) : read);
    }

    private async Task<string> RotateAsync(Flight flight, CancellationToken cancellationToken)
    {
        var (site, grant, cell, _) = flight;
        for (var round = 0; round < MostRounds; round++)
        {
            var stored = await store.ReadAsync(grant, cancellationToken);
            if (cell.Unsaved is { } unsaved)
            {
                // Left by an earlier flight. If another process wrote in the meantime, its grant wins, because all others use it.
                if (stored is not null && unsaved.Supersedes(stored)) await SaveAsync(flight, unsaved with { Replaces = stored }, cancellationToken);
                else cell.Unsaved = null;
                continue;
            }

            if (Adopt(flight, stored) is { } adopted) return adopted;
            if (stored is null)
            {
                // Saved before it is used: if the store rejects writes, no token is lost.
                await store.TryWriteAsync(grant, new OAuthGrant { RefreshToken = site.RefreshToken!.Reveal(), ClientId = site.ClientId }, null, cancellationToken);
                continue;
            }

            // The answer of Atlassian ends the stored token. A store that can be read and takes no writes must show before that.
            if (!await store.TryWriteAsync(grant, stored.Grant with { RenewalBegan = clock.GetUtcNow() }, stored.Version, cancellationToken)) continue;
            stored = await store.ReadAsync(grant, cancellationToken);
            if (stored is not { Grant: { RenewalBegan: not null, IsDead: false } }) continue;

            try
            {
                var fresh = await client.RefreshAsync(site, stored.Grant.RefreshToken, cancellationToken);
                if (await SaveAsync(flight, new UnsavedGrant(fresh, stored), cancellationToken)) return fresh.AccessToken!;
            }
            catch (GrantRefusedException refused)
            {
                // If this write loses, the store holds a newer token, and the next round tries that one.
                var dead = stored.Grant with { RenewalBegan = null, ReconnectRequiredSince = clock.GetUtcNow(), Reason = refused.Error };
                if (await store.TryWriteAsync(grant, dead, stored.Version, cancellationToken)) Log.ReconnectRequired(logger, grant, refused.Error);
            }
        }

        throw new TimeoutException($"The OAuth grant {grant} keeps changing.");
    }

    /// <summary>Returns the stored access token if it is valid long enough; throws if the grant is dead, missing or of another app.</summary>
    private string? Adopt(Flight flight, StoredGrant? stored)
    {
        if (stored is null ? flight.Site.RefreshToken is null : stored.Grant.IsDead)
        {
            throw new ReconnectRequiredException(flight.Grant, stored?.Grant.Reason);
        }

        // Atlassian refuses a refresh token of another app, and the mark "dead" would stop the sites of that app too.
        if (stored?.Grant.IsOfAnother(flight.Site.ClientId) is true) throw new ReconnectRequiredException(flight.Grant, "it belongs to another app");

        if (AccessToken.Of(stored?.Grant, clock.GetTimestamp()) is not { } token || token.Value == flight.Rejected) return null;

        flight.Cell.Token = token;
        return token.IsGood(flight.Rejected, clock.GetUtcNow() + OAuthTokenSource.RefreshAhead) ? token.Value : null;
    }

    private AccessToken? Spared(GrantCell cell, string? rejected) =>
        cell.Token is { } token && token.IsGood(rejected, clock.GetUtcNow() + Spare) ? token : null;

    private sealed record Flight(Site Site, string Grant, GrantCell Cell, string? Rejected);
}
