using System.Numerics;

namespace JiraWebhooks.Deliveries;

/// <summary>Buffers of large bodies. The shared array pool would keep them for good and the garbage collector for long, so those that are free
/// are used again while there is traffic and given back to the system after it. Lent and free ones together stay within the capacity.</summary>
internal sealed class BodyBuffers
{
    /// <summary>Time without a large body after which the memory goes back.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private const int Smallest = 128 * 1024;

    // Less than this is not worth a collection.
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

    /// <param name="capacity">Most bytes, lent and free.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="collect">Has the garbage collector return what is no longer used.</param>
    public BodyBuffers(long capacity, TimeProvider clock, Action? collect = null)
    {
        (_capacity, _clock) = (capacity, clock);
        _collect = collect ?? (static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
        _timer = clock.CreateTimer(_ => GiveBack(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Bytes in use.</summary>
    public long Lent { get; private set; }

    /// <summary>Bytes kept for use.</summary>
    public long Free { get; private set; }

    /// <summary>The size of the buffer for <paramref name="bytes"/> of at most <paramref name="limit"/>: few sizes, so that they fit again.</summary>
    public static int SizeFor(long bytes, int limit) =>
        (int)Math.Max(bytes, Math.Min(limit, Math.Max(Smallest, (long)BitOperations.RoundUpToPowerOf2((ulong)bytes))));

    /// <summary>A buffer of exactly <paramref name="size"/> bytes, for which the caller has room in the budget.</summary>
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

            // The largest first: it makes the most room.
            while (Lent + Free > _capacity && _free.LastOrDefault(free => free.Value.Count > 0) is { Value: { } largest })
            {
                Free -= largest.Pop().Length;
            }

            _allocated += size;
        }

        return GC.AllocateUninitializedArray<byte>(size);
    }

    /// <summary>Takes <paramref name="buffer"/> back; <paramref name="reuse"/> only when nothing reads it any more.</summary>
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
            if (Lent > 0 || _allocated < Worth) return; // the next one that is returned starts the timer again

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
