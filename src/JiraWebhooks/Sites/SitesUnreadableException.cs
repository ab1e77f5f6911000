namespace JiraWebhooks.Sites;

/// <summary>The sites that were added at run time cannot be read.</summary>
/// <param name="known">The sites that need no storage.</param>
/// <param name="cause">The error of storage.</param>
internal sealed class SitesUnreadableException(IReadOnlyList<Site> known, Exception cause)
    : Exception("The sites added at run time cannot be read now.", cause)
{
    /// <summary>The sites in the settings.</summary>
    public IReadOnlyList<Site> Known => known;
}
