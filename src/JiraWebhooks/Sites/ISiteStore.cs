namespace JiraWebhooks.Sites;

/// <summary>Which sites exist. Tests make it fail: a store that throws must cost a 503, never an event.</summary>
public interface ISiteStore
{
    /// <summary>The site of that id, or null; one with <see cref="Site.IsMissing"/> where its row was lost. Called once per delivery, so it must be
    /// cheap when the site is known.</summary>
    ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken);

    /// <summary>True for the id of a site that was erased lately: what still comes for it is refused for good. Answered from memory.</summary>
    bool IsErased(string siteId) => false;

    /// <summary>Notes that a delivery signed with a secret of this app came for an id without a site; returns at once. False where the id is not kept
    /// by its name.</summary>
    bool NoteMissing(string siteId) => false;

    /// <summary>The sites of this app that the table has no row for.</summary>
    ValueTask<IReadOnlyList<MissingSite>> ListMissingAsync(CancellationToken cancellationToken) => new([]);

    /// <summary>All sites, for the timers and Health.</summary>
    /// <exception cref="SitesUnreadableException">Those added at run time cannot be read.</exception>
    ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken);
}
