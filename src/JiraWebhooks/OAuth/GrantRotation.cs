using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.OAuth;

/// <summary>One look for a usable access token: in the store, else under the lease from Atlassian. Atlassian replaces the refresh token
/// on each use and lets the old one work for about 10 minutes more, so a crash before the save is mended by the next call in that time
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/#use-a-refresh-token-to-get-another-access-token-and-refresh-token-pair"/>).</summary>
internal sealed partial class GrantRotation(
    ITokenStore store, ILeases leases, OAuthGrantClient client, TimeProvider clock, ILogger logger)
{
    /// <summary>Kind of the lease row.</summary>
    public const string LeaseKind = "token";

    private const int MostRounds = 5;
    private const int MostSaves = 3;

    /// <summary>How long a lease lasts.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);

    /// <summary>Shorter than the lease: nobody may write after it ran out.</summary>
    public static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan LeaseStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeasePatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);

    // A token that lasts this long is better than none while the new one cannot be had.
    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(1);

    /// <summary>A usable access token. Runs on its own budget, not on a caller's.</summary>
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
                Log.StillUsable(logger, grant, error.GetType().Name);
                return token;
            }

            if (error is OperationCanceledException) throw new TimeoutException($"The OAuth grant {grant} could not be refreshed in time.");
            throw;
        }
    }

    private async Task<string> FindAsync(Flight flight, CancellationToken cancellationToken)
    {
        var giveUpAt = clock.GetUtcNow() + LeasePatience;
        while (true)
        {
            if (flight.Cell.Unsaved is null
                && Adopt(flight, await store.ReadAsync(flight.Grant, cancellationToken)) is { } adopted)
            {
                return adopted;
            }

            using var hold = new CancellationTokenSource(HoldTime, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, hold.Token);
            await using (var lease = await leases.TryAcquireAsync(LeaseKind, flight.Grant, LeaseTime, both.Token))
            {
                if (lease is not null) return await RotateAsync(flight, both.Token);
            }

            if (Spared(flight.Cell, flight.Rejected) is { } token) return token;
            if (clock.GetUtcNow() >= giveUpAt) throw new TimeoutException($"The OAuth grant {flight.Grant} is being refreshed by somebody else.");
            await Task.Delay(LeaseStep, clock, cancellationToken);
        }
    }

    private async Task<string> RotateAsync(Flight flight, CancellationToken cancellationToken)
    {
        var (site, grant, cell, _) = flight;
        for (var round = 0; round < MostRounds; round++)
        {
            var stored = await store.ReadAsync(grant, cancellationToken);
            if (cell.Unsaved is { } unsaved)
            {
                // Left by an earlier flight. What somebody else wrote meanwhile wins, as it is what all others use.
                if (stored is not null && unsaved.Supersedes(stored)) await SaveAsync(flight, unsaved with { Replaces = stored }, cancellationToken);
                else cell.Unsaved = null;
                continue;
            }

            if (Adopt(flight, stored) is { } adopted) return adopted;
            if (stored is null)
            {
                // Saved before it is used, so that a store that takes no writes costs no token.
                await store.TryWriteAsync(grant, new OAuthGrant { RefreshToken = site.RefreshToken!.Reveal() }, null, cancellationToken);
                continue;
            }

            try
            {
                var fresh = await client.RefreshAsync(site, stored.Grant.RefreshToken, cancellationToken);
                if (await SaveAsync(flight, new UnsavedGrant(fresh, stored), cancellationToken)) return fresh.AccessToken!;
            }
            catch (GrantRefusedException refused)
            {
                // If the write loses, the store holds a newer token: the next round tries that one.
                var dead = stored.Grant with { ReconnectRequiredSince = clock.GetUtcNow(), Reason = refused.Error };
                if (await store.TryWriteAsync(grant, dead, stored.Version, cancellationToken)) Log.ReconnectRequired(logger, grant, refused.Error);
            }
        }

        throw new TimeoutException($"The OAuth grant {grant} keeps changing.");
    }

    /// <summary>Writes new tokens, stubbornly: until it succeeds they exist in this process alone. False when somebody else wrote first.</summary>
    private async Task<bool> SaveAsync(Flight flight, UnsavedGrant unsaved, CancellationToken cancellationToken)
    {
        var (_, grant, cell, _) = flight;
        cell.Unsaved = unsaved;
        cell.Token = AccessToken.Of(unsaved.Grant);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var saved = await store.TryWriteAsync(grant, unsaved.Grant, unsaved.Replaces.Version, cancellationToken);

                // False may also mean that an earlier attempt landed although its answer got lost: the next round finds out.
                cell.Unsaved = null;
                if (saved) Log.Refreshed(logger, grant);
                else Log.LostRace(logger, grant);
                return saved;
            }
            catch (Exception error) when (attempt < MostSaves && !cancellationToken.IsCancellationRequested)
            {
                Log.SavingAgain(logger, grant, error.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(attempt), clock, cancellationToken);
            }
            catch (Exception error)
            {
                Log.NotSaved(logger, grant, error.GetType().Name);
                throw;
            }
        }
    }

    /// <summary>The stored access token if it lasts; throws when the grant is dead or missing.</summary>
    private string? Adopt(Flight flight, StoredGrant? stored)
    {
        if (stored is null ? flight.Site.RefreshToken is null : stored.Grant.ReconnectRequiredSince is not null)
        {
            throw new ReconnectRequiredException(flight.Grant, stored?.Grant.Reason);
        }

        if (AccessToken.Of(stored?.Grant) is not { } token || token.Value == flight.Rejected) return null;

        flight.Cell.Token = token;
        return token.IsGood(flight.Rejected, clock.GetUtcNow() + OAuthTokenSource.RefreshAhead) ? token.Value : null;
    }

    private string? Spared(GrantCell cell, string? rejected) =>
        cell.Token is { } token && token.IsGood(rejected, clock.GetUtcNow() + Spare) ? token.Value : null;

    private sealed record Flight(Site Site, string Grant, GrantCell Cell, string? Rejected);
}
