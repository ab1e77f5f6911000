namespace JiraWebhooks.Deliveries;

/// <summary>The memory of all large bodies in this process.</summary>
internal sealed class BodyMemory(long capacity, TimeProvider clock)
{
    /// <summary>The clock that measures waiting times.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Limits how much each body may hold. All bodies whose signature is not verified yet share one half, because anyone can send them.</summary>
    public BodyBudget Budget { get; } = new(capacity, capacity / 2);

    /// <summary>The buffers of the bodies.</summary>
    public BodyBuffers Buffers { get; } = new(capacity, clock);
}

/// <summary>The part of the memory that one body has.</summary>
internal sealed class BodyRoom(BodyMemory memory, bool verified)
{
    private readonly BodyClaim _claim = new(verified);

    /// <summary>How long the body has waited for memory.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>A buffer of <paramref name="size"/> bytes, in addition to what is already held; null if there was no memory in time.</summary>
    public async ValueTask<byte[]?> RentAsync(int size, CancellationToken budget)
    {
        var started = memory.Clock.GetTimestamp();
        var hasRoom = await memory.Budget.AddAsync(_claim, size, budget);
        Waited += memory.Clock.GetElapsedTime(started);
        if (!hasRoom) return null;

        try
        {
            return memory.Buffers.Rent(size);
        }
        catch
        {
            // The system has no memory for it. Room that no buffer holds would never be released.
            memory.Budget.Release(_claim, size);
            throw;
        }
    }

    /// <summary>Gives <paramref name="buffer"/> back. Set <paramref name="reuse"/> only if nothing reads it anymore.</summary>
    public void Return(byte[] buffer, bool reuse)
    {
        // Keep this order: bytes that the budget offers again must no longer be lent.
        memory.Buffers.Return(buffer, reuse);
        memory.Budget.Release(_claim, buffer.Length);
    }
}
