using System.Collections.Concurrent;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.OAuth;

/// <summary>Access tokens of OAuth sites, refreshed before they expire (docs/jira-behaviour.md#oauth-tokens). Each refresh also replaces the
/// refresh token, so only one refresh per grant runs at a time: one flight in this process, one lease for all processes, and a
/// compare-and-swap on the store.</summary>
internal sealed class OAuthTokenSource(
    ITokenStore store, ILeases leases, OAuthGrantClient client, TimeProvider clock, ILogger<OAuthTokenSource> logger) : IAccessTokenSource
{
    /// <summary>How long before its expiry an access token is replaced.</summary>
    public static readonly TimeSpan RefreshAhead = TimeSpan.FromMinutes(5);

    /// <summary>After this time the store is read again before a token is used: a person may have consented again, and webhooks belong to that person.
    /// A refresh after a change of the site begins later than this (<see cref="StoredSites.Settled"/>).</summary>
    public static readonly TimeSpan BelievedFor = StoredSites.FreshFor;

    private readonly ConcurrentDictionary<string, GrantCell> _cells = new(StringComparer.Ordinal);
    private readonly GrantRotation _rotation = new(store, leases, client, clock, logger);

    /// <summary>Returns an access token that is valid for some minutes. <paramref name="rejected"/> is a token that Jira has just answered with
    /// 401: then a different token of the store is used, or a new one is fetched.</summary>
    /// <exception cref="ReconnectRequiredException">The grant is dead or never existed.</exception>
    /// <exception cref="HttpRequestException">Transient, as are <see cref="TimeoutException"/> and the errors of the stores.</exception>
    public ValueTask<string> GetAccessTokenAsync(Site site, string? rejected, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var cell = _cells.GetOrAdd(GrantName.Of(site), static _ => new GrantCell());
        return cell is { Token: { } token, Unsaved: null } && token.IsGood(rejected, clock.GetUtcNow() + RefreshAhead) && clock.GetElapsedTime(token.SeenAt) < BelievedFor
            ? new(token.Value)
            : new(FlyAsync(site, cell, rejected, cancellationToken));
    }

    private async Task<string> FlyAsync(Site site, GrantCell cell, string? rejected, CancellationToken cancellationToken)
    {
        while (true)
        {
            var mine = false;
            var flight = cell.Join(() =>
            {
                mine = true;
                return _rotation.RunAsync(site, cell, rejected);
            });

            // The flight continues if its caller gives up: between Atlassian's response and the store it has the only copy of the tokens.
            var token = await flight.WaitAsync(cancellationToken);
            if (mine || token != rejected) return token;
        }
    }
}
