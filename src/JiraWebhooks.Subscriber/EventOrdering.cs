namespace JiraWebhooks.Subscriber;

/// <summary>How an event relates to the one that was applied before.</summary>
public enum EventOrder
{
    /// <summary>It happened later, or nothing was applied before: apply it.</summary>
    Newer,

    /// <summary>It happened earlier: its state is outdated.</summary>
    Older,

    /// <summary>It is the same event: skip it.</summary>
    Same,

    /// <summary>The times do not tell: read the issue from Jira, or apply what can be applied twice.</summary>
    Undecided,
}

/// <summary>What to keep of an event that was applied, per issue.</summary>
/// <param name="Identifier"><see cref="JiraEvent.Identifier"/>.</param>
/// <param name="Time"><see cref="JiraEvent.Time"/>.</param>
public sealed record AppliedEvent(string Identifier, DateTimeOffset? Time)
{
    /// <summary><see cref="JiraEvent.IssueUpdated"/>.</summary>
    public DateTimeOffset? IssueUpdated { get; init; }

    /// <summary><see cref="JiraEvent.IsReconstructed"/>.</summary>
    public bool IsReconstructed { get; init; }
}

/// <summary>A guard for subscribers that keep state per issue: Jira does not guarantee the order of its deliveries, and recovered events come hours
/// late.</summary>
public static class EventOrdering
{
    /// <summary>Compares <paramref name="next"/> with the event that was last applied for the same issue; null if none was. A reconstructed state is
    /// compared by <c>fields.updated</c>, because it has no time of its own.</summary>
    public static EventOrder Compare(JiraEvent next, AppliedEvent? last)
    {
        if (last is null) return EventOrder.Newer;
        if (next.Identifier == last.Identifier) return EventOrder.Same;

        var byState = next.IsReconstructed || last.IsReconstructed;
        return byState ? Compare(next.IssueUpdated, last.IssueUpdated) : Compare(next.Time, last.Time);
    }

    private static EventOrder Compare(DateTimeOffset? next, DateTimeOffset? last) =>
        next > last ? EventOrder.Newer : next < last ? EventOrder.Older : EventOrder.Undecided;
}
