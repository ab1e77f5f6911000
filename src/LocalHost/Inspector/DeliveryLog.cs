using System.Threading.Channels;

namespace LocalHost.Inspector;

/// <summary>The last deliveries, in memory: at most <see cref="Most"/>, with at most <see cref="MostBodyBytes"/> of their bodies.</summary>
internal sealed class DeliveryLog
{
    public const int Most = 500;
    public const int MostBodyBytes = 32 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly LinkedList<CapturedDelivery> _all = [];
    private readonly List<Channel<CapturedDelivery>> _readers = [];
    private readonly HashSet<string> _again = [];
    private readonly MinuteCounts _minutes = new();
    private long _number;
    private long _bytes;

    /// <summary>Bytes of bodies that are held.</summary>
    public long BodyBytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    public void Add(CapturedDelivery delivery)
    {
        lock (_lock)
        {
            var added = delivery with { Number = ++_number };
            _all.AddFirst(added);
            _bytes += added.Body.Length;
            while (_all.Count > Most) RemoveLast();
            for (var oldest = _all.Last; _bytes > MostBodyBytes && oldest is not null; oldest = oldest.Previous) DropBody(oldest);

            _minutes.Add(added);
            foreach (var reader in _readers) reader.Writer.TryWrite(added);
        }
    }

    /// <summary>Remembers the identifier of a delivery that this host sends.</summary>
    public void NoteAgain(string identifier)
    {
        lock (_lock) _again.Add(identifier);
    }

    /// <summary>True if this host has sent the delivery.</summary>
    public bool IsAgain(string identifier)
    {
        lock (_lock) return _again.Contains(identifier);
    }

    /// <summary>Returns a delivery, or null if it is no longer held.</summary>
    public CapturedDelivery? Find(long number)
    {
        lock (_lock) return _all.FirstOrDefault(delivery => delivery.Number == number);
    }

    /// <summary>Returns what is held, newest first, and a reader of what follows. A reader that is too slow misses the oldest.</summary>
    public (IReadOnlyList<CapturedDelivery> Held, ChannelReader<CapturedDelivery> Following) Subscribe()
    {
        var channel = Channel.CreateBounded<CapturedDelivery>(new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_lock)
        {
            _readers.Add(channel);
            return ([.. _all], channel.Reader);
        }
    }

    /// <summary>Returns the minutes with deliveries since <paramref name="since"/>, oldest first.</summary>
    public IReadOnlyList<MinuteCounts.Minute> Minutes(DateTimeOffset since)
    {
        lock (_lock) return _minutes.Since(since);
    }

    public void Unsubscribe(ChannelReader<CapturedDelivery> reader)
    {
        lock (_lock) _readers.RemoveAll(channel => channel.Reader == reader);
    }

    private void RemoveLast()
    {
        _bytes -= _all.Last!.Value.Body.Length;
        _all.RemoveLast();
    }

    private void DropBody(LinkedListNode<CapturedDelivery> node)
    {
        _bytes -= node.Value.Body.Length;
        node.Value = node.Value with { Body = default };
    }
}
