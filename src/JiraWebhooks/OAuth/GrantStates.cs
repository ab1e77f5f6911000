using System.Collections.Concurrent;
using JiraWebhooks.Sites;

namespace JiraWebhooks.OAuth;

/// <summary>Tells which grants are dead.</summary>
internal sealed class GrantStates(ITokenStore store, TimeProvider clock)
{
    /// <summary>How long a grant that worked is not read again for Health. A dead one is read each time, so that a new consent shows at once.</summary>
    public static readonly TimeSpan BelievedFor = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, long> _worked = new(StringComparer.Ordinal);

    /// <summary>What decides whether the grant of a site works: its name, its app and, before it is stored, whether the site has a refresh token of its
    /// own.</summary>
    public static string Key(Site site) => $"{GrantName.Of(site)} {site.RefreshToken is null} {site.ClientId}";

    /// <summary>Since when the site must be connected again; null if its grant works or it needs none. A grant that never existed, is
    /// unreadable or belongs to another app counts as missing since now. Throws what the store throws.</summary>
    public async Task<DateTimeOffset?> ReconnectRequiredSinceAsync(Site site, CancellationToken cancellationToken)
    {
        if (site.Scheme is not SiteScheme.OAuth) return null;

        var stored = await store.ReadAsync(GrantName.Of(site), cancellationToken);
        var isUnusable = stored is null ? site.RefreshToken is null : stored.Grant.IsUnreadable || stored.Grant.IsOfAnother(site.ClientId);
        return isUnusable ? clock.GetUtcNow() : stored?.Grant.ReconnectRequiredSince;
    }

    /// <summary>The same, but a grant that worked in the last <see cref="BelievedFor"/> is not read again: Key Vault limits reads, and there may be
    /// a grant for each of thousands of sites.</summary>
    public async Task<DateTimeOffset?> ReconnectRequiredLatelyAsync(Site site, CancellationToken cancellationToken)
    {
        var key = Key(site);
        if (_worked.TryGetValue(key, out var at) && clock.GetElapsedTime(at) < BelievedFor) return null;

        var since = await ReconnectRequiredSinceAsync(site, cancellationToken);
        if (since is null) _worked[key] = clock.GetTimestamp();
        return since;
    }
}
