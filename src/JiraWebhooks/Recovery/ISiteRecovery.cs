using JiraWebhooks.Sites;

namespace JiraWebhooks.Recovery;

/// <summary>How a site gets back what it missed. Every site has exactly one way: the failed list if Jira opens it to the site, otherwise a search for
/// changes (docs/jira-behaviour.md#search-instead).</summary>
public interface ISiteRecovery
{
    /// <summary>True if this way serves the site.</summary>
    bool Covers(Site site);

    /// <summary>One run. Throws <see cref="Jira.JiraApiException"/>, storage and publisher errors. The next run continues from the stored state.</summary>
    /// <param name="site">The site.</param>
    /// <param name="from">Start of a search on request, even if no loss is known; null if the signs of a loss decide.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    Task<SitePoll> PollAsync(Site site, DateTimeOffset? from, CancellationToken cancellationToken);
}
