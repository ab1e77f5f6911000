namespace ServiceBusSimulator.Broker;

/// <summary>The identifiers of the messages of the last time. Not thread-safe.</summary>
internal sealed class DuplicateHistory(TimeSpan window)
{
    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, DateTimeOffset At)> _order = new();

    /// <summary>Adds the identifier; false if it is a duplicate. A message without identifier is never one.</summary>
    public bool TryAdd(string? id, DateTimeOffset now)
    {
        while (_order.TryPeek(out var oldest) && now - oldest.At >= window)
        {
            _order.Dequeue();
            _seen.Remove(oldest.Id);
        }

        if (string.IsNullOrEmpty(id)) return true;
        if (!_seen.TryAdd(id, now)) return false;

        _order.Enqueue((id, now));
        return true;
    }
}
