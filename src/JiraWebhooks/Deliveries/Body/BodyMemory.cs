namespace JiraWebhooks.Deliveries;

/// <summary>The memory of all large bodies in this process.</summary>
internal sealed class BodyMemory(long capacity, TimeProvider clock)
{
    /// <summary>The clock of those who wait.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Who may hold how much. Before its signature is checked a body may be anyone's, and all of these have one half.</summary>
    public BodyBudget Budget { get; } = new(capacity, capacity / 2);

    /// <summary>What they hold.</summary>
    public BodyBuffers Buffers { get; } = new(capacity, clock);
}

/// <summary>The part of it that one body has.</summary>
internal sealed class BodyRoom(BodyMemory memory, bool verified)
{
    private readonly BodyClaim _claim = new(verified);

    /// <summary>How long it has waited.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>A buffer of <paramref name="size"/> bytes beside what is held already; null when there was no room in time.</summary>
    public async ValueTask<byte[]?> RentAsync(int size, CancellationToken budget)
    {
        var started = memory.Clock.GetTimestamp();
        var hasRoom = await memory.Budget.AddAsync(_claim, size, budget);
        Waited += memory.Clock.GetElapsedTime(started);
        return hasRoom ? memory.Buffers.Rent(size) : null;
    }

    /// <summary>Gives <paramref name="buffer"/> back; <paramref name="reuse"/> only when nothing reads it any more.</summary>
    public void Return(byte[] buffer, bool reuse)
    {
        // In this order: what the budget has room for must not be lent twice.
        memory.Buffers.Return(buffer, reuse);
        memory.Budget.Release(_claim, buffer.Length);
    }
}
