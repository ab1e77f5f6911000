namespace JiraWebhooks.Sites;

/// <summary>A site of this app that the table has no row for: its row was lost, and its deliveries are answered 503 until it is there again.</summary>
/// <param name="Id">The site's slug.</param>
/// <param name="Since">When that was noticed first; null where a secret of its own alone tells.</param>
public sealed record MissingSite(string Id, DateTimeOffset? Since)
{
    /// <summary>What to do, in one sentence.</summary>
    public string Reason => ReasonOf(Id);

    /// <summary>The same for an id.</summary>
    public static string ReasonOf(string id) => $"A site of this app is missing from the table: connect it again, or erase it with DELETE /api/sites/{id}.";
}
