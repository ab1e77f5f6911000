using System.Collections.Concurrent;
using JiraWebhooks.Storage;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites.OAuth;

/// <summary>Access tokens for all sites of all grants. A grant is refreshed by one process at a time, and a token that another one has
/// written is taken over instead of spending the refresh token again (rule 28, decision 12).</summary>
public sealed partial class OAuthTokenSource(
    ITokenStore store, ILeases leases, OAuthGrantClient client, TimeProvider clock, ILogger<OAuthTokenSource> logger) : IAccessTokenSource
{
    /// <summary>A token is renewed this long before it ends, so that no call starts with one that ends on the way.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, OAuthGrant> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Rotated> _unsaved = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    /// <exception cref="ReconnectRequiredException">The grant is dead or was never given.</exception>
    /// <exception cref="HttpRequestException">The authorization server could not be asked; it may work later.</exception>
    public async ValueTask<string> GetAccessTokenAsync(Site site, string? rejected, CancellationToken cancellationToken)
    {
        var name = site.Grant ?? site.Id;
        if (!_unsaved.ContainsKey(name) && Known(name, rejected) is { } token) return token;

        var gate = _gates.GetOrAdd(name, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            await TrySaveAsync(name);
            return Known(name, rejected) ?? await RenewAsync(site, name, rejected, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Since when the site's grant has to be given anew, or null while it is good.</summary>
    public async Task<DateTimeOffset?> ReconnectRequiredSinceAsync(Site site, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(site.Grant ?? site.Id, cancellationToken);
        return stored is null && site.RefreshToken is null ? clock.GetUtcNow() : stored?.Grant.ReconnectRequiredSince;
    }

    private string? Known(string name, string? rejected) =>
        _known.TryGetValue(name, out var grant) && grant.IsUsable(rejected, clock.GetUtcNow(), Margin) ? grant.AccessToken : null;

    private async Task<string> RenewAsync(Site site, string name, string? rejected, CancellationToken cancellationToken)
    {
        var end = clock.GetUtcNow() + Patience;
        while (true)
        {
            var stored = await ReadOrSeedAsync(site, name, cancellationToken);
            if (Adopt(name, stored, rejected) is { } token) return token;

            await using var lease = await leases.TryAcquireAsync("token", GrantName.Safe(name), LeaseTime, cancellationToken);
            if (lease is null)
            {
                // Another instance is at it: its token will do.
                if (clock.GetUtcNow() > end) throw new HttpRequestException($"Another instance has been renewing the grant {name} for too long.");
                await Task.Delay(Pause, clock, cancellationToken);
                continue;
            }

            stored = await ReadOrSeedAsync(site, name, cancellationToken);
            if (Adopt(name, stored, rejected) is { } written) return written;
            if (await RotateAsync(site, name, stored, cancellationToken) is { } renewed) return renewed;
        }
    }

    // Null when somebody else's rotation has overtaken this one: the caller reads again.
    private async Task<string?> RotateAsync(Site site, string name, StoredGrant stored, CancellationToken cancellationToken)
    {
        OAuthGrant renewed;
        try
        {
            // Not to be cancelled from here on: the answer holds the only refresh token that will go on working.
            renewed = await client.RefreshAsync(site, stored.Grant.RefreshToken, CancellationToken.None);
        }
        catch (GrantRefusedException refused)
        {
            var latest = await store.ReadAsync(name, cancellationToken);
            if (latest is not null && latest.Grant.RefreshToken != stored.Grant.RefreshToken) return null;

            Log.Refused(logger, name, refused.Message);
            await store.TryWriteAsync(name, stored.Grant with { ReconnectRequiredSince = clock.GetUtcNow() }, stored.Version, cancellationToken);
            throw new ReconnectRequiredException(name);
        }

        _unsaved[name] = new Rotated(renewed, stored.Version);
        _known[name] = renewed;
        await TrySaveAsync(name);
        return renewed.AccessToken;
    }

    // Where the store fails after a rotation the token works all the same. Every call tries to save again: the old refresh token, which the
    // store still holds, is good for ten minutes only.
    private async Task TrySaveAsync(string name)
    {
        if (!_unsaved.TryGetValue(name, out var rotated)) return;

        try
        {
            // False: another instance has written since, after our lease ran out. What is stored counts, as all others use it.
            if (!await store.TryWriteAsync(name, rotated.Grant, rotated.Over, CancellationToken.None)) _known.TryRemove(name, out _);
            _unsaved.TryRemove(name, out _);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Log.NotSaved(logger, name, failure.GetType().Name);
        }
    }

    private string? Adopt(string name, StoredGrant stored, string? rejected)
    {
        if (stored.Grant.ReconnectRequiredSince is not null) throw new ReconnectRequiredException(name);
        if (!stored.Grant.IsUsable(rejected, clock.GetUtcNow(), Margin)) return null;

        _known[name] = stored.Grant;
        return stored.Grant.AccessToken;
    }

    private async Task<StoredGrant> ReadOrSeedAsync(Site site, string name, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(name, cancellationToken) is { } stored) return stored;
        if (site.RefreshToken is not { } seed) throw new ReconnectRequiredException(name);

        await store.TryWriteAsync(name, new OAuthGrant { RefreshToken = seed.Reveal() }, null, cancellationToken);
        return await store.ReadAsync(name, cancellationToken) ?? throw new ReconnectRequiredException(name);
    }

    private sealed record Rotated(OAuthGrant Grant, string Over);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The OAuth grant {Grant} is dead and its sites are not called any more: connect them again. {Reason}")]
        public static partial void Refused(ILogger logger, string grant, string reason);

        [LoggerMessage(2, LogLevel.Warning, "The OAuth grant {Grant} was renewed but could not be saved yet ({Error}).")]
        public static partial void NotSaved(ILogger logger, string grant, string error);
    }
}
