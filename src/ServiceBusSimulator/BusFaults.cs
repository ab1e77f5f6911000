using System.Collections.Concurrent;

namespace ServiceBusSimulator;

/// <summary>Chooses the faults of the bus. Each function is called once per operation and returns the fault, or null for none; it may be called by many
/// threads.</summary>
public sealed class BusFaults
{
    private readonly ConcurrentQueue<BusFault> _sends = new();

    /// <summary>Called for every transfer: a message, or a whole batch. The argument is the entity's address.</summary>
    public Func<string, BusFault?>? OnSend { get; set; }

    /// <summary>Called for every link that a client attaches. The argument is the entity's address.</summary>
    public Func<string, BusFault?>? OnAttach { get; set; }

    /// <summary>Called for every token. Instead of a condition, <c>$cbs</c> answers with a status.</summary>
    public Func<BusFault?>? OnToken { get; set; }

    /// <summary>Makes the next <paramref name="times"/> transfers fail.</summary>
    public void FailSends(BusFault fault, int times = 1)
    {
        for (var count = 0; count < times; count++) _sends.Enqueue(fault);
    }

    /// <summary>Forgets the transfers that are still to fail.</summary>
    public void Clear() => _sends.Clear();

    internal BusFault? Send(string address) => _sends.TryDequeue(out var fault) ? fault : OnSend?.Invoke(address);

    internal BusFault? Attach(string address) => OnAttach?.Invoke(address);

    internal BusFault? Token() => OnToken?.Invoke();
}
