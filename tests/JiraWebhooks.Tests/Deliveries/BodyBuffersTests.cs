using System.Runtime.CompilerServices;
using CsCheck;
using JiraWebhooks.Deliveries;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class BodyBuffersTests
{
    private const int Limit = 25 * 1024 * 1024;
    private const long Capacity = 64 * 1024 * 1024;

    private readonly FakeTimeProvider _clock = new();
    private int _collections;

    [Fact]
    public void RentAndReturn_AnySizes_StayWithinTheCapacity() => Gen.Select(Gen.Int[65_537, Limit], Gen.Bool).List[0, 60].Sample(
        bodies =>
        {
            var buffers = Buffers();
            var lent = new Queue<byte[]>();
            foreach (var (bytes, reuse) in bodies)
            {
                // The budget lends no more than that.
                var size = BodyBuffers.SizeFor(bytes, Limit);
                while (buffers.Lent + size > Capacity) buffers.Return(lent.Dequeue(), reuse);
                lent.Enqueue(buffers.Rent(size));

                Assert.InRange(size, bytes, Math.Max(2 * bytes, 128 * 1024));
                Assert.Equal(size, lent.Last().Length);
                Assert.InRange(buffers.Lent + buffers.Free, 0, Capacity);
            }

            while (lent.TryDequeue(out var buffer)) buffers.Return(buffer, reuse: true);
            Assert.Equal(0, buffers.Lent);
        },
        iter: 20);

    [Fact]
    public void Rent_SizeThatWasReturned_IsTheSameBuffer()
    {
        var buffers = Buffers();
        var buffer = buffers.Rent(Limit);
        buffers.Return(buffer, reuse: true);

        Assert.Same(buffer, buffers.Rent(Limit));
    }

    [Fact]
    public void Rent_BufferThatMayStillBeRead_IsAnotherOne()
    {
        var buffers = Buffers();
        var buffer = buffers.Rent(Limit);
        buffers.Return(buffer, reuse: false);

        Assert.NotSame(buffer, buffers.Rent(Limit));
    }

    [Fact]
    public void Return_NoLargeBodyForAWhile_GivesTheMemoryBack()
    {
        var buffers = Buffers();
        var kept = RentAndReturn(buffers);
        Assert.Equal(2 * Limit, buffers.Free);
        _clock.Advance(BodyBuffers.Idle - TimeSpan.FromSeconds(1));
        Assert.Equal(2 * Limit, buffers.Free);
        Assert.Equal(0, _collections);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, buffers.Free);
        Assert.Equal(1, _collections);
        GC.Collect();
        Assert.False(kept.TryGetTarget(out _));
    }

    [Fact]
    public void Return_BodiesGoOn_KeepsTheMemoryUntilTheyEnd()
    {
        var buffers = Buffers();
        for (var second = 0; second < 90; second++)
        {
            RentAndReturn(buffers);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2 * Limit, buffers.Free);
        Assert.Equal(0, _collections);
        _clock.Advance(BodyBuffers.Idle);
        Assert.Equal(0, buffers.Free);
        Assert.Equal(1, _collections);
    }

    /// <summary>A collection costs all threads a moment.</summary>
    [Fact]
    public void Return_LittleWasUsed_CollectsNothing()
    {
        var buffers = Buffers();
        buffers.Return(buffers.Rent(128 * 1024), reuse: true);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, _collections);
    }

    private BodyBuffers Buffers() => new(Capacity, _clock, () => _collections++);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<byte[]> RentAndReturn(BodyBuffers buffers)
    {
        var (one, two) = (buffers.Rent(Limit), buffers.Rent(Limit));
        buffers.Return(one, reuse: true);
        buffers.Return(two, reuse: true);
        return new WeakReference<byte[]>(one);
    }
}
