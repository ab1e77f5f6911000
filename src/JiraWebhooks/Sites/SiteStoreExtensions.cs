using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites;

/// <summary>For runs that serve some sites rather than none.</summary>
internal static partial class SiteStoreExtensions
{
    /// <summary>Returns all sites. If storage cannot be read, logs an error and returns those in the settings; the next run serves the others.</summary>
    /// <param name="sites">The store.</param>
    /// <param name="logger">Logs the error.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <param name="leftOut">Called if sites are left out.</param>
    public static async Task<IReadOnlyList<Site>> ListKnownAsync(this ISiteStore sites, ILogger logger, CancellationToken cancellationToken, Action? leftOut = null)
    {
        try
        {
            return await sites.ListAsync(cancellationToken);
        }
        catch (SitesUnreadableException unreadable)
        {
            leftOut?.Invoke();
            LeftOut(logger, unreadable.InnerException!.GetType().Name);
            return unreadable.Known;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The sites added at run time cannot be read ({Error}): this run leaves them out.")]
    private static partial void LeftOut(ILogger logger, string error);
}
