namespace JiraWebhooks.Sites;

/// <summary>Every site: first those in the settings, then those added at run time. A site in the settings needs no storage.</summary>
internal sealed class SiteDirectory(ConfiguredSites configured, StoredSites stored, MissingSites missing) : ISiteStore
{
    /// <inheritdoc/>
    public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) =>
        configured.Find(siteId) is { } site ? new(site) : stored.FindAsync(siteId, cancellationToken);

    /// <inheritdoc/>
    public bool IsErased(string siteId) => stored.IsErased(siteId);

    /// <inheritdoc/>
    public bool NoteMissing(string siteId) => missing.Note(siteId);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<MissingSite>> ListMissingAsync(CancellationToken cancellationToken) =>
        [.. (await stored.ListMissingAsync(cancellationToken)).Where(site => configured.Find(site.Id) is null)];

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
