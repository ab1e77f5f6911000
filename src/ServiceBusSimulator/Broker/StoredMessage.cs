namespace ServiceBusSimulator.Broker;

/// <summary>A message in a queue or subscription. Only the queue changes it, under its lock.</summary>
internal sealed class StoredMessage(BusMessage content, long sequenceNumber, DateTimeOffset enqueuedAt, DateTimeOffset? expiresAt)
{
    public BusMessage Content { get; } = content;

    public long SequenceNumber { get; } = sequenceNumber;

    public DateTimeOffset EnqueuedAt { get; } = enqueuedAt;

    public DateTimeOffset? ExpiresAt { get; } = expiresAt;

    /// <summary>How many deliveries have failed.</summary>
    public int DeliveryCount { get; set; }

    /// <summary>Token of the present lock; empty if it is not locked.</summary>
    public Guid LockToken { get; set; }

    /// <summary>End of the present lock, unless the lock of its session decides.</summary>
    public DateTimeOffset LockedUntil { get; set; }

    /// <summary>The session whose lock decides; null without sessions.</summary>
    public SessionLock? Session { get; set; }

    /// <summary>The queue or subscription that it is a dead letter of.</summary>
    public string? DeadLetterSource { get; init; }
}

/// <summary>A receiver's lock on a session.</summary>
internal sealed class SessionLock(string id)
{
    public string Id { get; } = id;

    public DateTimeOffset LockedUntil { get; set; }

    /// <summary>True when the lock has expired or was released.</summary>
    public bool IsLost { get; set; }
}
