using System.Numerics;

namespace JiraWebhooks.Deliveries;

/// <summary>Reusable buffers for large bodies. The shared array pool would keep them forever, and the garbage collector for a long time. So free
/// buffers are reused while there is traffic, and their memory goes back to the system afterwards. Lent and free buffers together stay within the
/// capacity.</summary>
internal sealed class BodyBuffers
{
    /// <summary>Time without a large body after which the memory is released.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private const int Smallest = 128 * 1024;

    // A smaller amount is not worth a garbage collection.
    private const long Worth = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, Stack<byte[]>> _free = [];
    private readonly long _capacity;
    private readonly TimeProvider _clock;
    private readonly Action _collect;
    private readonly ITimer _timer;
    private long _lastUse;
    private long _allocated;
    private bool _isTiming;

    /// <param name="capacity">Maximum bytes, lent and free.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="collect">Makes the garbage collector return unused memory.</param>
    public BodyBuffers(long capacity, TimeProvider clock, Action? collect = null)
    {
        (_capacity, _clock) = (capacity, clock);
        _collect = collect ?? (static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
        _timer = clock.CreateTimer(_ => GiveBack(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Bytes in use.</summary>
    public long Lent { get; private set; }

    /// <summary>Bytes kept for reuse.</summary>
    public long Free { get; private set; }

    /// <summary>The buffer size for <paramref name="bytes"/> of at most <paramref name="limit"/>. There are few sizes, so that buffers can be reused.</summary>
    public static int SizeFor(long bytes, int limit) =>
        (int)Math.Max(bytes, Math.Min(limit, Math.Max(Smallest, (long)BitOperations.RoundUpToPowerOf2((ulong)bytes))));

    /// <summary>A buffer of exactly <paramref name="size"/> bytes. The caller has reserved them in the budget.</summary>
    public byte[] Rent(int size)
    {
        lock (_gate)
        {
            Lent += size;
            if (_free.TryGetValue(size, out var stack) && stack.TryPop(out var buffer))
            {
                Free -= size;
                return buffer;
            }

            // Drop the largest first: it frees the most memory.
            while (Lent + Free > _capacity && _free.LastOrDefault(free => free.Value.Count > 0) is { Value: { } largest })
            {
                Free -= largest.Pop().Length;
            }

            _allocated += size;
        }

        try
        {
            return GC.AllocateUninitializedArray<byte>(size);
        }
        catch
        {
            // Counted before, because another thread must not use the same room meanwhile.
            lock (_gate) (Lent, _allocated) = (Lent - size, _allocated - size);
            throw;
        }
    }

    /// <summary>Takes <paramref name="buffer"/> back. Set <paramref name="reuse"/> only if nothing reads the buffer anymore.</summary>
    public void Return(byte[] buffer, bool reuse)
    {
        lock (_gate)
        {
            Lent -= buffer.Length;
            _lastUse = _clock.GetTimestamp();
            if (reuse)
            {
                if (!_free.TryGetValue(buffer.Length, out var stack)) _free.Add(buffer.Length, stack = new());
                stack.Push(buffer);
                Free += buffer.Length;
            }

            if (!_isTiming) Time(Idle);
        }
    }

    private void GiveBack()
    {
        lock (_gate)
        {
            _isTiming = false;
            if (Lent > 0 || _allocated < Worth) return; // the next returned buffer starts the timer again

            if (_clock.GetElapsedTime(_lastUse) is var idle && idle < Idle)
            {
                Time(Idle - idle);
                return;
            }

            _free.Clear();
            (Free, _allocated) = (0, 0);
        }

        _collect();
    }

    private void Time(TimeSpan wait)
    {
        _isTiming = true;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
