namespace JiraWebhooks.Sites;

/// <summary>Which sites exist. Tests make it fail: a store that throws must cost a 503, never an event.</summary>
public interface ISiteStore
{
    /// <summary>The site of that id, or null. Called once per delivery, so it must be cheap when the site is known.</summary>
    ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken);

    /// <summary>All sites, for the timers and Health.</summary>
    /// <exception cref="SitesUnreadableException">Those added at run time cannot be read.</exception>
    ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken);
}
