using ServiceBusSimulator.Entities;
using ServiceBusSimulator.Filters;

namespace ServiceBusSimulator.Broker;

/// <summary>A queue or topic that can be sent to.</summary>
internal sealed class BusEntity(string name, TimeSpan? duplicateWindow, TimeSpan? timeToLive, IReadOnlyList<BusTarget> targets, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly DuplicateHistory? _history = duplicateWindow is { } window ? new(window) : null;

    public string Name => name;

    /// <summary>True if every message needs a session.</summary>
    public bool NeedsSession => targets.Any(target => target.Filters is null && target.Queue.RequiresSession);

    /// <summary>Stores the messages: all, except duplicates. A message without session is a dead letter of a subscription with sessions.</summary>
    public void Send(IReadOnlyList<BusMessage> messages)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            foreach (var message in messages)
            {
                if (_history?.TryAdd(message.MessageId, now) is false) continue;

                var kept = timeToLive is not null && !(message.TimeToLive < timeToLive) ? message with { TimeToLive = timeToLive } : message;
                foreach (var target in targets.Where(target => target.Matches(message))) target.Queue.Add(kept);
            }
        }
    }
}

/// <summary>Where the messages of an entity go.</summary>
/// <param name="Queue">The queue, or the subscription.</param>
/// <param name="Filters">The filters of a subscription; null for a queue.</param>
internal sealed record BusTarget(MessageQueue Queue, IReadOnlyList<SqlFilter>? Filters)
{
    public bool Matches(BusMessage message) => Filters is null or [] || Filters.Any(filter => filter.Matches(message.Value));
}

/// <summary>All entities of the bus, by address; letters' case does not count.</summary>
internal sealed class BusEntities : IDisposable
{
    private readonly Dictionary<string, BusEntity> _targets = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, MessageQueue> _sources = new(StringComparer.OrdinalIgnoreCase);

    public BusEntities(EntityConfig config, TimeProvider clock)
    {
        foreach (var queue in config.Queues)
        {
            _targets.Add(queue.Name, new BusEntity(queue.Name, queue.DuplicateWindow, null, [new BusTarget(Source(queue.Name, queue, clock), null)], clock));
        }

        foreach (var topic in config.Topics)
        {
            var targets = topic.Subscriptions
                .Select(rules => new BusTarget(Source($"{topic.Name}/Subscriptions/{rules.Name}", rules, clock), rules.Filters)).ToList();
            _targets.Add(topic.Name, new BusEntity(topic.Name, topic.DuplicateWindow, topic.TimeToLive, targets, clock));
        }
    }

    /// <summary>The queues and subscriptions, without their dead letters, in the order of the configuration.</summary>
    public IReadOnlyList<MessageQueue> Queues => [.. _sources.Values.Where(queue => queue.DeadLetters is not null)];

    public BusEntity? Target(string address) => _targets.GetValueOrDefault(address.Trim('/'));

    public MessageQueue? SourceAt(string address) => _sources.GetValueOrDefault(address.Trim('/'));

    public void Dispose()
    {
        foreach (var queue in _sources.Values) queue.Dispose();
    }

    private MessageQueue Source(string path, QueueDefinition definition, TimeProvider clock)
    {
        var queue = new MessageQueue(path, definition, clock);
        _sources.Add(path, queue);
        _sources.Add(queue.DeadLetters!.Path, queue.DeadLetters);
        return queue;
    }
}
