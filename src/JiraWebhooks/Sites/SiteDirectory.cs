using JiraWebhooks.Sites.Store;

namespace JiraWebhooks.Sites;

/// <summary>Every site: those fixed in the settings and, behind them, those added at run time. A site of the settings needs no storage.</summary>
public sealed class SiteDirectory(ConfiguredSites configured, StoredSites stored) : ISiteStore
{
    /// <inheritdoc/>
    public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) =>
        configured.Find(siteId) is { } site ? new(site) : stored.FindAsync(siteId, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Site> added;
        try
        {
            added = await stored.ListAsync(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SitesUnreadableException([.. configured.All], error);
        }

        return [.. configured.All, .. added.Where(site => configured.Find(site.Id) is null)];
    }
}
