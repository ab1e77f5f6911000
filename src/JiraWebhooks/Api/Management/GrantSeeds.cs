using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Api;

/// <summary>Stores the refresh token of a request as the grant of its site. A token that is given twice must not replace the newer one that the first
/// has been exchanged for. The grant of another app is of no use, and must not be replaced while another site uses it.</summary>
public sealed class GrantSeeds(StoredSites stored, ConfiguredSites configured, GrantWriter grants)
{
    /// <summary>Stores the refresh token of <paramref name="site"/>, if it has one and the grant is missing, dead or of another app.</summary>
    /// <exception cref="SiteChangeException">409: the site would use the grant of another app, or another process is changing the grant.</exception>
    internal async Task SaveAsync(Site site, StoredSite? old, CancellationToken cancellationToken)
    {
        var grant = GrantName.Of(site);
        var isSame = old is not null && GrantName.Of(old.Id, old.Settings) == grant;
        if (site.RefreshToken is null && isSame && old!.Settings.ClientId == site.ClientId) return;

        var other = (await stored.ListAsync(cancellationToken)).Concat(configured.All)
            .FirstOrDefault(known => known.Id != site.Id && GrantName.IsUsedBy(known, grant) && known.ClientId != site.ClientId);
        if (!await grants.TryWriteAsync(grant, current => Next(site, current?.Grant, other, isSame ? old!.Settings.ClientId : other?.ClientId), cancellationToken))
        {
            throw new SiteChangeException(409, $"Another process is changing the grant {grant}: try again.");
        }
    }

    // A grant that an older version has written does not say whose it is: it is that of the site that has used it.
    private static OAuthGrant? Next(Site site, OAuthGrant? current, Site? other, string? user)
    {
        var owner = current?.ClientId ?? user ?? site.ClientId;
        var seed = site.RefreshToken is { } token ? new OAuthGrant { RefreshToken = token.Reveal(), ClientId = site.ClientId } : null;
        if (current is null || owner == site.ClientId) return current is null or { IsDead: true } ? seed : null;
        if (other is not null) throw new SiteChangeException(409, $"The grant {site.Grant} is that of site {other.Id}, which has another OAuth app: give grant, a name of its own.");

        return seed ?? throw new SiteChangeException(409, $"The grant {site.Grant} belongs to another OAuth app: give refreshToken, or connect the site again in a browser.");
    }
}
