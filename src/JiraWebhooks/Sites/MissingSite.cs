namespace JiraWebhooks.Sites;

/// <summary>A site of this app that has no row in the table: the row was lost, and deliveries get 503 until it exists again.</summary>
/// <param name="Id">The site's slug.</param>
/// <param name="Since">When this was first noticed; null if only its own secret shows it.</param>
public sealed record MissingSite(string Id, DateTimeOffset? Since)
{
    /// <summary>What is wrong and what to do, in one sentence.</summary>
    public string Reason => ReasonOf(Id);

    /// <summary>The same sentence for an id.</summary>
    public static string ReasonOf(string id) => $"A site of this app is missing from the table: connect it again, or erase it with DELETE /api/sites/{id}.";
}
