using Azure;

namespace JiraWebhooks.Recovery;

/// <summary>A period in which authentic deliveries were answered 503. It is open until a later delivery is accepted.</summary>
/// <param name="From">The first failure; null if everything known was already searched for.</param>
/// <param name="Last">The last failure so far; null if <paramref name="From"/> is null.</param>
/// <param name="Version">Version of the row.</param>
public sealed record Outage(DateTimeOffset? From, DateTimeOffset? Last, ETag Version)
{
    /// <summary>The shortest time in which Jira can have used its five retries, 5 to 15 minutes apart, minus one minute because the recorded times
    /// may lag by that.</summary>
    public static readonly TimeSpan ShortestRetries = TimeSpan.FromMinutes(24);

    // Retries are at most 15 minutes apart: after a longer time without a failure, none will follow.
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(20);

    // If failures never stop, the first ones must not wait for the end.
    private static readonly TimeSpan Long = TimeSpan.FromHours(3);

    /// <summary>When a delivery was accepted again, as far as recorded.</summary>
    public DateTimeOffset? Accepted { get; init; }

    /// <summary>True when this continues an outage that never ended: after half an hour of failures Jira makes a single attempt per event, so a
    /// single failure may be a loss.</summary>
    public bool Unended { get; init; }

    /// <summary>True when no more failures are expected for the failed deliveries, or the outage has lasted for hours.</summary>
    public bool IsDue(DateTimeOffset now) => Last is null || now - Last > Quiet || Last - From >= Long;

    /// <summary>True when a delivery was accepted after the last failure.</summary>
    public bool HasEnded => Accepted is not null && !(Accepted <= Last);

    /// <summary>True when Jira may have given up on a delivery of this time.</summary>
    public bool MayHaveLost => From is not null && (Last - From >= ShortestRetries || Unended || !HasEnded);
}
