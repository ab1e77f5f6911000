using ServiceBusSimulator.Entities;

namespace ServiceBusSimulator.Broker;

/// <summary>The messages of a queue, a subscription or its dead letters, with their locks and sessions. Thread-safe.</summary>
internal sealed partial class MessageQueue : IDisposable
{
    private readonly QueueDefinition _definition;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, StoredMessage> _messages = [];
    private readonly Dictionary<string, SortedDictionary<long, StoredMessage>> _ready = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, StoredMessage> _locked = [];
    private readonly Dictionary<string, SessionLock> _sessions = new(StringComparer.Ordinal);
    private long _lastSequenceNumber;

    public MessageQueue(string path, QueueDefinition definition, TimeProvider clock, bool isDeadLetters = false)
    {
        (Path, _definition, _clock) = (path, definition, clock);
        _timer = clock.CreateTimer(_ => Expire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (!isDeadLetters)
        {
            DeadLetters = new MessageQueue(
                $"{path}/$DeadLetterQueue", definition with { RequiresSession = false, TimeToLive = null, MaxDeliveryCount = int.MaxValue }, clock, isDeadLetters: true);
        }
    }

    /// <summary>There may be messages to take: one was added or unlocked. Called without the lock.</summary>
    public event Action? Changed;

    /// <summary>Its address.</summary>
    public string Path { get; }

    /// <summary>Its dead letters; null if this is such a queue.</summary>
    public MessageQueue? DeadLetters { get; }

    public bool RequiresSession => _definition.RequiresSession;

    /// <summary>Number of messages, with those that are locked.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                RemoveExpired();
                return _messages.Count;
            }
        }
    }

    /// <summary>Adds a message. Where a session is required, a message without one becomes a dead letter.</summary>
    public void Add(BusMessage message)
    {
        if (RequiresSession && string.IsNullOrEmpty(message.SessionId)) DeadLetters!.Add(Marked(message, "Session id is null.", "A message without session cannot be received here."), Path);
        else Add(message, null);
    }

    /// <summary>Takes the next message: locked, or with <paramref name="delete"/> removed. Returns null if there is none.</summary>
    /// <param name="delete">True for receive-and-delete.</param>
    /// <param name="session">The session to take it from; null for a queue without sessions.</param>
    public StoredMessage? Take(bool delete, SessionLock? session)
    {
        lock (_gate)
        {
            RemoveExpired();
            if (session?.IsLost is true || !_ready.TryGetValue(session?.Id ?? "", out var ready) || ready.Count == 0) return null;

            var message = ready.First().Value;
            Remove(ready, message);
            if (delete)
            {
                _messages.Remove(message.SequenceNumber);
                return message;
            }

            message.LockToken = Guid.NewGuid();
            message.LockedUntil = _clock.GetUtcNow() + _definition.LockDuration;
            message.Session = session;
            _locked.Add(message.LockToken, message);
            if (session is null) EndsAt(message.LockedUntil);
            return message;
        }
    }

    /// <summary>Removes a locked message; false if the lock is lost.</summary>
    public bool Complete(Guid token)
    {
        lock (_gate)
        {
            if (Unlock(token) is not { } message) return false;

            _messages.Remove(message.SequenceNumber);
            return true;
        }
    }

    /// <summary>Unlocks a message: <paramref name="failed"/> counts as a failed delivery, and one too many makes it a dead letter. False if the lock is
    /// lost.</summary>
    public bool Abandon(Guid token, bool failed)
    {
        lock (_gate)
        {
            if (Unlock(token) is not { } message) return false;

            Return(message, failed);
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>Makes a locked message a dead letter; false if the lock is lost.</summary>
    public bool DeadLetter(Guid token, string? reason, string? description, IReadOnlyDictionary<string, object?>? changes = null)
    {
        lock (_gate)
        {
            if (Unlock(token) is not { } message) return false;

            MoveToDeadLetters(message, reason, description, changes);
            return true;
        }
    }

    /// <summary>Renews the lock of a message. Returns its new end, or null if the lock is lost.</summary>
    public DateTimeOffset? Renew(Guid token)
    {
        lock (_gate)
        {
            RemoveExpired();
            if (!_locked.TryGetValue(token, out var message)) return null;

            return message.LockedUntil = _clock.GetUtcNow() + _definition.LockDuration;
        }
    }

    /// <summary>Returns up to <paramref name="most"/> messages from a sequence number on, locked or not, without any change.</summary>
    public IReadOnlyList<StoredMessage> Peek(long from, int most, string? session)
    {
        lock (_gate)
        {
            RemoveExpired();
            return [.. _messages.Values.Where(message => message.SequenceNumber >= from && (session is null || message.Content.SessionId == session)).Take(most)];
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        DeadLetters?.Dispose();
    }

    private void Add(BusMessage message, string? deadLetterSource)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            var life = message.TimeToLive < _definition.TimeToLive || _definition.TimeToLive is null ? message.TimeToLive : _definition.TimeToLive;
            var stored = new StoredMessage(message, ++_lastSequenceNumber, now, deadLetterSource is null ? now + life : null) { DeadLetterSource = deadLetterSource };
            _messages.Add(stored.SequenceNumber, stored);
            MakeReady(stored);
            if (stored.ExpiresAt is { } end) EndsAt(end);
        }

        Changed?.Invoke();
    }

    private string Group(StoredMessage message) => RequiresSession ? message.Content.SessionId ?? "" : "";

    private void MakeReady(StoredMessage message)
    {
        var group = Group(message);
        if (!_ready.TryGetValue(group, out var ready)) _ready.Add(group, ready = []);
        ready.Add(message.SequenceNumber, message);
    }

    private void Remove(SortedDictionary<long, StoredMessage> ready, StoredMessage message)
    {
        ready.Remove(message.SequenceNumber);
        if (ready.Count == 0) _ready.Remove(Group(message));
    }

    private StoredMessage? Unlock(Guid token)
    {
        RemoveExpired();
        if (!_locked.Remove(token, out var message)) return null;

        (message.LockToken, message.Session) = (Guid.Empty, null);
        return message;
    }

    private void Return(StoredMessage message, bool failed)
    {
        if (failed && ++message.DeliveryCount >= _definition.MaxDeliveryCount)
        {
            MoveToDeadLetters(message, "MaxDeliveryCountExceeded", $"Message could not be consumed after {_definition.MaxDeliveryCount} delivery attempts.", null);
        }
        else MakeReady(message);
    }

    private void MoveToDeadLetters(StoredMessage message, string? reason, string? description, IReadOnlyDictionary<string, object?>? changes)
    {
        _messages.Remove(message.SequenceNumber);
        if (DeadLetters is null)
        {
            // The dead letters have none of their own: such a message stays.
            _messages.Add(message.SequenceNumber, message);
            MakeReady(message);
            return;
        }

        DeadLetters.Add(Marked(message.Content, reason, description, changes), Path);
    }

    private static BusMessage Marked(BusMessage message, string? reason, string? description, IReadOnlyDictionary<string, object?>? changes = null)
    {
        var properties = new Dictionary<string, object?>(message.Properties);
        foreach (var (name, value) in changes ?? new Dictionary<string, object?>()) properties[name] = value;
        if (reason is not null) properties["DeadLetterReason"] = reason;
        if (description is not null) properties["DeadLetterErrorDescription"] = description;
        return message with { Properties = properties };
    }
}
