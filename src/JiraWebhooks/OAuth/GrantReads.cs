using System.Collections.Concurrent;
using JiraWebhooks.Sites;

namespace JiraWebhooks.OAuth;

/// <summary>Reads each grant once for one report, although many sites can share it.</summary>
internal sealed class GrantReads(GrantStates grants)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<DateTimeOffset?>>> _read = new(StringComparer.Ordinal);

    /// <summary>As <see cref="GrantStates.ReconnectRequiredSinceAsync"/>.</summary>
    public Task<DateTimeOffset?> ReconnectRequiredSinceAsync(Site site, CancellationToken cancellationToken)
    {
        // A site with a refresh token of its own counts as connected before its grant is stored.
        var key = $"{GrantName.Of(site)} {site.RefreshToken is null}";
        return _read.GetOrAdd(key, _ => new(() => grants.ReconnectRequiredSinceAsync(site, cancellationToken))).Value;
    }
}
