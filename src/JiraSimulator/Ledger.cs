using System.Collections.Concurrent;

namespace JiraSimulator;

/// <summary>An event for which Jira must send a delivery.</summary>
public sealed record EmittedEvent(string Site, string Identifier, string Event, DateTimeOffset At, ReadOnlyMemory<byte> Body);

/// <summary>One POST and its result.</summary>
/// <param name="Site">The site.</param>
/// <param name="Identifier">The delivery.</param>
/// <param name="Retry">0 on the first attempt.</param>
/// <param name="Status">The status of the response; 0 if there was none.</param>
/// <param name="At">When it was sent.</param>
public sealed record Attempt(string Site, string Identifier, int Retry, int Status, DateTimeOffset At);

/// <summary>The record that tests and the demo count by: every emitted event, and every response.</summary>
public sealed class Ledger
{
    private readonly ConcurrentQueue<EmittedEvent> _emitted = new();
    private readonly ConcurrentQueue<Attempt> _attempts = new();
    private readonly ConcurrentDictionary<string, int> _calls = new();

    /// <summary>All events, in order.</summary>
    public IReadOnlyCollection<EmittedEvent> Emitted => _emitted;

    /// <summary>All attempts, in order.</summary>
    public IReadOnlyCollection<Attempt> Attempts => _attempts;

    /// <summary>Returns how often an operation, "METHOD path", was called on any site.</summary>
    public int Calls(string operation) => _calls.GetValueOrDefault(operation);

    internal void Add(EmittedEvent emitted) => _emitted.Enqueue(emitted);

    internal void Add(Attempt attempt) => _attempts.Enqueue(attempt);

    internal void Called(string operation) => _calls.AddOrUpdate(operation, 1, (_, count) => count + 1);
}
