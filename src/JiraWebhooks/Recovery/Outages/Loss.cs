namespace JiraWebhooks.Recovery;

/// <summary>Something that may be lost, as it can no longer be fetched or searched for.</summary>
/// <param name="Reason">Why, as the metric tells it.</param>
/// <param name="Words">What, in a sentence.</param>
public sealed record Loss(string Reason, string Words)
{
    /// <summary>The cursor was older than Jira keeps failed deliveries.</summary>
    public const string OldCursor = "old_cursor";

    /// <summary>Jira has refused to search by a filter for so long that its search was given up.</summary>
    public const string RefusedFilter = "refused_filter";
}
