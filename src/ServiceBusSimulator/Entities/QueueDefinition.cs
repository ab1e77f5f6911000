using ServiceBusSimulator.Filters;

namespace ServiceBusSimulator.Entities;

/// <summary>What a queue and a subscription have in common.</summary>
/// <param name="Name">Its name; for a subscription without that of the topic.</param>
public record QueueDefinition(string Name)
{
    /// <summary>How long a message or a session is locked.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>After this many failed deliveries a message becomes a dead letter.</summary>
    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>True if receivers must lock a session, and each message must have one.</summary>
    public bool RequiresSession { get; init; }

    /// <summary>How long a message is kept; null means for ever.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>True if an expired message becomes a dead letter; otherwise it is deleted.</summary>
    public bool DeadLetterOnExpiration { get; init; }

    /// <summary>How long the identifiers of messages are remembered to drop duplicates; null means that duplicates are kept. Of a subscription it
    /// is always null: the topic has it.</summary>
    public TimeSpan? DuplicateWindow { get; init; }
}

/// <summary>A topic.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Subscriptions">Its subscriptions.</param>
public sealed record TopicDefinition(string Name, IReadOnlyList<SubscriptionDefinition> Subscriptions)
{
    /// <summary>How long the identifiers of messages are remembered to drop duplicates; null means that duplicates are kept.</summary>
    public TimeSpan? DuplicateWindow { get; init; }

    /// <summary>How long a message is kept; null means for ever.</summary>
    public TimeSpan? TimeToLive { get; init; }
}

/// <summary>A subscription. A message matches if one of its rules does.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Filters">The filters of its rules; empty means that every message matches.</param>
public sealed record SubscriptionDefinition(string Name, IReadOnlyList<SqlFilter> Filters) : QueueDefinition(Name);
