using JiraWebhooks.Sites;

namespace JiraWebhooks.OAuth;

/// <summary>Tells Health which grants are dead.</summary>
internal sealed class GrantStates(ITokenStore store, TimeProvider clock)
{
    /// <summary>Since when the site must be connected again; null if its grant works or it needs none. A grant that never existed counts as
    /// missing since now. Throws what the store throws.</summary>
    public async Task<DateTimeOffset?> ReconnectRequiredSinceAsync(Site site, CancellationToken cancellationToken)
    {
        if (site.Scheme is not SiteScheme.OAuth) return null;

        var stored = await store.ReadAsync(GrantName.Of(site), cancellationToken);
        return stored is not null ? stored.Grant.ReconnectRequiredSince
            : site.RefreshToken is null ? clock.GetUtcNow()
            : null;
    }
}
