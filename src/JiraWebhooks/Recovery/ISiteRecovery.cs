using JiraWebhooks.Sites;

namespace JiraWebhooks.Recovery;

/// <summary>How a site gets back what it has missed. Every site has exactly one way: its failed list where Jira opens it, a search for what
/// has changed where it does not (docs/jira-behaviour.md#search-instead).</summary>
public interface ISiteRecovery
{
    /// <summary>True when this is the site's way.</summary>
    bool Covers(Site site);

    /// <summary>One run. Throws <see cref="Jira.JiraApiException"/>, storage and publisher errors: the next run goes on from what is stored.</summary>
    /// <param name="site">The site.</param>
    /// <param name="from">Where somebody wants a search to begin, whether or not anything is known to be lost; null leaves it to the signs.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    Task<SitePoll> PollAsync(Site site, DateTimeOffset? from, CancellationToken cancellationToken);
}
