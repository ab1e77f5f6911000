namespace JiraWebhooks.Recovery;

/// <summary>Something that may be lost, because it can no longer be fetched or searched for.</summary>
/// <param name="Reason">The reason, as a tag of the metric.</param>
/// <param name="Words">What may be lost, in one sentence.</param>
public sealed record Loss(string Reason, string Words)
{
    /// <summary>The cursor was older than Jira keeps failed deliveries.</summary>
    public const string OldCursor = "old_cursor";

    /// <summary>Jira has refused to search by a filter for so long that the search was given up.</summary>
    public const string RefusedFilter = "refused_filter";
}
