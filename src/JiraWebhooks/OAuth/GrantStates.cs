using JiraWebhooks.Sites;

namespace JiraWebhooks.OAuth;

/// <summary>Tells Health which grants are dead.</summary>
public sealed class GrantStates(ITokenStore store, TimeProvider clock)
{
    /// <summary>Since when the site's grant has to be given anew; null when it is fine or the site has none. A grant that was never given
    /// counts as missing since now. Throws what the store throws.</summary>
    public async Task<DateTimeOffset?> ReconnectRequiredSinceAsync(Site site, CancellationToken cancellationToken)
    {
        if (site.Scheme is not SiteScheme.OAuth) return null;

        var stored = await store.ReadAsync(GrantName.Of(site), cancellationToken);
        return stored is not null ? stored.Grant.ReconnectRequiredSince
            : site.RefreshToken is null ? clock.GetUtcNow()
            : null;
    }
}
