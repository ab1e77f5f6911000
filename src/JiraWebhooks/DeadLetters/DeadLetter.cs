namespace JiraWebhooks.DeadLetters;

/// <summary>A dead letter as the API shows it. It contains nothing of the body.</summary>
/// <param name="SequenceNumber">Its number in the dead letters of the subscription.</param>
/// <param name="MessageId">Identity of the message.</param>
/// <param name="EnqueuedAt">When it was published.</param>
/// <param name="AgeHours">Hours since then.</param>
/// <param name="DeliveryCount">How often it was delivered.</param>
public sealed record DeadLetter(long SequenceNumber, string MessageId, DateTimeOffset EnqueuedAt, double AgeHours, int DeliveryCount)
{
    /// <summary>Why it is a dead letter: <c>MaxDeliveryCountExceeded</c>, <c>TTLExpiredException</c>, or the subscriber's reason.</summary>
    public string? Reason { get; init; }

    /// <summary>The description that goes with the reason.</summary>
    public string? Description { get; init; }

    /// <summary>webhookEvent.</summary>
    public string? Event { get; init; }

    /// <summary>The site's slug.</summary>
    public string? Site { get; init; }

    /// <summary>Key or id of the issue.</summary>
    public string? Issue { get; init; }

    /// <summary>Marks of the message: recovered, reconstructed, own_change, redriven, claim_check.</summary>
    public IReadOnlyList<string> Marks { get; init; } = [];
}

/// <summary>A page of dead letters.</summary>
/// <param name="Letters">The letters, the oldest first.</param>
/// <param name="Next">Where the next page begins; null if this is the last.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Letters, long? Next);

/// <summary>Which dead letters to redrive or drop: all conditions together. Without any, the oldest.</summary>
public sealed record DeadLetterFilter
{
    /// <summary>The largest value of <see cref="Max"/>.</summary>
    internal const int Most = 1000;

    /// <summary>The site's slug.</summary>
    public string? Site { get; init; }

    /// <summary>webhookEvent.</summary>
    public string? Event { get; init; }

    /// <summary>The reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Only letters that were published before.</summary>
    public DateTimeOffset? EnqueuedBefore { get; init; }

    /// <summary>Only these numbers.</summary>
    public IReadOnlyList<long>? SequenceNumbers { get; init; }

    /// <summary>How many letters at most, from 1 to 1,000; 100 by default.</summary>
    // A generated JSON reader sets omitted properties to their default, not to an initial value.
    public int? Max { get; init; }

    /// <summary>True to change nothing and only count.</summary>
    public bool DryRun { get; init; }

    internal int Limit => Max ?? 100;

    internal bool Matches(DeadLetter letter) =>
        (Site is null || letter.Site == Site)
        && (Event is null || letter.Event == Event)
        && (Reason is null || letter.Reason == Reason)
        && (EnqueuedBefore is null || letter.EnqueuedAt < EnqueuedBefore)
        && (SequenceNumbers is null || SequenceNumbers.Contains(letter.SequenceNumber));
}

/// <summary>What a redrive or drop did.</summary>
/// <param name="Done">Letters that were redriven or dropped; with dryRun, that would be.</param>
/// <param name="Skipped">Letters that were looked at and do not match.</param>
/// <param name="NotReached">True if there may be letters that were not looked at: the call stopped before the end, or another call has them locked. Call
/// again.</param>
public sealed record DeadLetterResult(int Done, int Skipped, bool NotReached)
{
    /// <summary>True if letters that stay fill what a call may hold: another call with the same conditions looks at the same letters.</summary>
    public bool Blocked { get; init; }

    /// <summary>Requested numbers that were not found among the letters that were looked at.</summary>
    public IReadOnlyList<long> Missing { get; init; } = [];

    /// <summary>Letters that cannot be redriven, or whose lock ended before they were removed, each with a sentence; they stay.</summary>
    public IReadOnlyList<RefusedLetter> Refused { get; init; } = [];
}

/// <summary>A letter that stays although it matches.</summary>
/// <param name="SequenceNumber">Its number.</param>
/// <param name="Why">A sentence.</param>
public sealed record RefusedLetter(long SequenceNumber, string Why);
