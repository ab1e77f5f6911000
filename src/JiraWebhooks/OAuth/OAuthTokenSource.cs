using System.Collections.Concurrent;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.OAuth;

/// <summary>Access tokens of OAuth sites, refreshed before they end (docs/jira-behaviour.md#oauth-tokens). Each refresh replaces the refresh token as well, so one
/// refresh at a time is made per grant: one flight in this process, one lease over all processes, and a compare-and-swap on the store.</summary>
public sealed class OAuthTokenSource(
    ITokenStore store, ILeases leases, OAuthGrantClient client, TimeProvider clock, ILogger<OAuthTokenSource> logger) : IAccessTokenSource
{
    /// <summary>How long before its end an access token is replaced.</summary>
    public static readonly TimeSpan RefreshAhead = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, GrantCell> _cells = new(StringComparer.Ordinal);
    private readonly GrantRotation _rotation = new(store, leases, client, clock, logger);

    /// <summary>An access token that lasts some minutes. <paramref name="rejected"/> is one Jira has just answered 401 to: then the store's
    /// is taken if it is another, and a new one fetched if not.</summary>
    /// <exception cref="ReconnectRequiredException">The grant is dead or was never given.</exception>
    /// <exception cref="HttpRequestException">Transient, as are <see cref="TimeoutException"/> and whatever the stores throw.</exception>
    public ValueTask<string> GetAccessTokenAsync(Site site, string? rejected, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var cell = _cells.GetOrAdd(GrantName.Of(site), static _ => new GrantCell());
        return cell is { Token: { } token, Unsaved: null } && token.IsGood(rejected, clock.GetUtcNow() + RefreshAhead)
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

            // The flight goes on when its caller gives up: between Atlassian's answer and the store it carries the only copy.
            var token = await flight.WaitAsync(cancellationToken);
            if (mine || token != rejected) return token;
        }
    }
}
