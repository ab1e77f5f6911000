namespace JiraWebhooks.Sites;

/// <summary>The sites that exist. Tests make it fail: a store that throws must cause a 503 and never lose an event.</summary>
public interface ISiteStore
{
    /// <summary>Returns the site of that id, or null; a site with <see cref="Site.IsMissing"/> if its row was lost. Called once per delivery, so it
    /// must be cheap for a known site.</summary>
    ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken);

    /// <summary>True for the id of a recently erased site: its late deliveries are rejected for good. Answered from memory.</summary>
    bool IsErased(string siteId) => false;

    /// <summary>Records that a delivery signed with a secret of this app came for an id without a site; returns at once. Returns false if the id
    /// is not recorded under its name.</summary>
    bool NoteMissing(string siteId) => false;

    /// <summary>Returns the sites of this app that have no row in the table.</summary>
    ValueTask<IReadOnlyList<MissingSite>> ListMissingAsync(CancellationToken cancellationToken) => new([]);

    /// <summary>Returns all sites, for the timers and Health.</summary>
    /// <exception cref="SitesUnreadableException">The sites that were added at run time cannot be read.</exception>
    ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken);
}
