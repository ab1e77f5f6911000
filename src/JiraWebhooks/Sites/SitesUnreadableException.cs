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
    public static async Task<IReadOnlyList<Site>> ListKnownAsync(this ISiteStore sites, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            return await sites.ListAsync(cancellationToken);
        }
        catch (SitesUnreadableException unreadable)
        {
            LeftOut(logger, unreadable.InnerException!.GetType().Name);
            return unreadable.Known;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The sites added at run time cannot be read ({Error}): this run leaves them out.")]
    private static partial void LeftOut(ILogger logger, string error);
}
