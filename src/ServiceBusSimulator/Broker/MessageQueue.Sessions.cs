namespace ServiceBusSimulator.Broker;

/// <content>Sessions, and what ends by time.</content>
internal sealed partial class MessageQueue
{
    private DateTimeOffset _nextEnd = DateTimeOffset.MaxValue;

    /// <summary>Locks a session: the one of that id, or the next that has messages. Returns null if it is locked, or there is none.</summary>
    public SessionLock? LockSession(string? id)
    {
        lock (_gate)
        {
            RemoveExpired();
            id ??= _ready.Where(group => !_sessions.ContainsKey(group.Key)).OrderBy(group => group.Value.First().Key).Select(group => group.Key).FirstOrDefault();
            if (id is null || _sessions.ContainsKey(id)) return null;

            var session = new SessionLock(id) { LockedUntil = _clock.GetUtcNow() + _definition.LockDuration };
            _sessions.Add(id, session);
            EndsAt(session.LockedUntil);
            return session;
        }
    }

    /// <summary>Renews the lock of a session. Returns its new end, or null if the lock is lost.</summary>
    public DateTimeOffset? RenewSession(string id)
    {
        lock (_gate)
        {
            RemoveExpired();
            if (!_sessions.TryGetValue(id, out var session)) return null;

            return session.LockedUntil = _clock.GetUtcNow() + _definition.LockDuration;
        }
    }

    /// <summary>Releases a session; its locked messages are unlocked without a failed delivery.</summary>
    public void ReleaseSession(SessionLock session)
    {
        lock (_gate)
        {
            if (session.IsLost) return;

            Lose(session, failed: false);
        }

        Changed?.Invoke();
    }

    private void Lose(SessionLock session, bool failed)
    {
        session.IsLost = true;
        _sessions.Remove(session.Id);
        foreach (var message in _locked.Values.Where(message => message.Session == session).ToList())
        {
            _locked.Remove(message.LockToken);
            (message.LockToken, message.Session) = (Guid.Empty, null);
            Return(message, failed);
        }
    }

    private void Expire()
    {
        bool changed;
        lock (_gate) changed = RemoveExpired();
        if (changed) Changed?.Invoke();
    }

    // Ends the locks and messages whose time is over. Returns true if a message can be taken again.
    private bool RemoveExpired()
    {
        var now = _clock.GetUtcNow();
        if (now < _nextEnd) return false;

        var changed = false;
        foreach (var session in _sessions.Values.Where(session => session.LockedUntil <= now).ToList())
        {
            Lose(session, failed: true);
            changed = true;
        }

        foreach (var message in _locked.Values.Where(message => message.Session is null && message.LockedUntil <= now).ToList())
        {
            _locked.Remove(message.LockToken);
            message.LockToken = Guid.Empty;
            Return(message, failed: true);
            changed = true;
        }

        foreach (var message in _messages.Values.Where(message => message.LockToken == Guid.Empty && message.ExpiresAt <= now).ToList())
        {
            Remove(_ready[Group(message)], message);
            if (_definition.DeadLetterOnExpiration) MoveToDeadLetters(message, "TTLExpiredException", "The message expired and was dead lettered.", null);
            else _messages.Remove(message.SequenceNumber);
        }

        _nextEnd = DateTimeOffset.MaxValue;
        foreach (var end in _sessions.Values.Select(session => session.LockedUntil)) EndsAt(end);
        foreach (var end in _locked.Values.Where(message => message.Session is null).Select(message => message.LockedUntil)) EndsAt(end);
        foreach (var end in _messages.Values.Where(message => message.LockToken == Guid.Empty).Select(message => message.ExpiresAt)) if (end is { } at) EndsAt(at);
        return changed;
    }

    // Keeps the earliest time at which something ends; until then nothing has to be looked through.
    private void EndsAt(DateTimeOffset end)
    {
        if (end >= _nextEnd) return;

        _nextEnd = end;
        var wait = end - _clock.GetUtcNow();
        _timer.Change(wait > TimeSpan.FromMilliseconds(1) ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}
