using Azure;

namespace JiraWebhooks.Recovery;

/// <summary>A time in which authentic deliveries were answered 503. It is open until one has been accepted after it.</summary>
/// <param name="From">The first failure; null where all that is known was searched for already.</param>
/// <param name="Last">The last failure so far; null as <paramref name="From"/>.</param>
/// <param name="Version">Version of the row.</param>
public sealed record Outage(DateTimeOffset? From, DateTimeOffset? Last, ETag Version)
{
    /// <summary>The shortest time in which Jira can have used its five retries, 5 to 15 minutes apart; less the minute by which what is recorded
    /// may lag.</summary>
    public static readonly TimeSpan ShortestRetries = TimeSpan.FromMinutes(24);

    // Retries come at most 15 minutes apart: without a failure for longer, there is none to come.
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(20);

    // Where something fails all the time, what has failed first must not wait for the end of it.
    private static readonly TimeSpan Long = TimeSpan.FromHours(3);

    /// <summary>When a delivery was accepted again, as far as noted.</summary>
    public DateTimeOffset? Accepted { get; init; }

    /// <summary>True when this goes on from one that never ended: Jira makes a single attempt per event after half an hour of failures, so
    /// that a single failure may be a loss.</summary>
    public bool Unended { get; init; }

    /// <summary>True when no failure is to be expected any more from what has failed, or this has lasted for hours.</summary>
    public bool IsDue(DateTimeOffset now) => Last is null || now - Last > Quiet || Last - From >= Long;

    /// <summary>True when a delivery was accepted after the last failure.</summary>
    public bool HasEnded => Accepted is not null && !(Accepted <= Last);

    /// <summary>True when Jira may have given up on a delivery of this time.</summary>
    public bool MayHaveLost => From is not null && (Last - From >= ShortestRetries || Unended || !HasEnded);
}
