using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites;

/// <summary>The sites that were added at run time cannot be read.</summary>
/// <param name="known">The sites that need no storage.</param>
/// <param name="cause">What storage threw.</param>
public sealed class SitesUnreadableException(IReadOnlyList<Site> known, Exception cause)
    : Exception("The sites added at run time cannot be read now.", cause)
{
    /// <summary>The sites of the settings.</summary>
    public IReadOnlyList<Site> Known => known;
}

/// <summary>For runs that rather do some sites than none.</summary>
internal static partial class SiteStoreExtensions
{
    /// <summary>All sites or, with an error in the log, those of the settings; the next run sees to the others.</summary>
    /// <param name="sites">The store.</param>
    /// <param name="logger">Gets the error.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="leftOut">Told that sites are left out.</param>
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
