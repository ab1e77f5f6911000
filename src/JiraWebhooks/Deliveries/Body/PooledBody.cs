using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace JiraWebhooks.Deliveries;

/// <summary>The only copy of a delivery's body, in a buffer that grows with the bytes that arrive. Small bodies use the shared pool, as the server
/// holds the same amount for each connection anyway. All others share one limited amount of memory.</summary>
internal sealed class PooledBody : IDisposable
{
    /// <summary>Size of the largest body that is not counted, in bytes.</summary>
    public const int MostSmall = 64 * 1024;

    // Most deliveries are a few kilobytes; ArrayPool rounds up to powers of two anyway.
    private const int FirstSize = 8 * 1024;

    private byte[]? _buffer;
    private int _length;
    private BodyRoom? _room; // only for a large body

    /// <summary>What was read and kept so far; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Memory => new(_buffer, 0, _length);

    /// <summary>How long the body waited for memory.</summary>
    public TimeSpan Waited => _room?.Waited ?? TimeSpan.Zero;

    /// <summary>Reads the whole body by <paramref name="rules"/>. If the result is not <see cref="BodyRead.Whole"/>, the rest of the body is not read.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<BodyRead> ReadAsync(PipeReader reader, BodyRules rules, CancellationToken budget)
    {
        var isWhole = false;
        try
        {
            // Without waiting for bytes that a stranger may never send.
            if (rules.Declared > rules.Limit) return BodyRead.TooLarge;

            while (true)
            {
                // Kestrel treats a read that was cancelled by a token as still active, and fails when it reads the rest itself.
                ReadResult read;
                var reading = reader.ReadAsync(CancellationToken.None);
                if (reading.IsCompletedSuccessfully) read = reading.Result;
                else using (budget.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader)) read = await reading;

                if (read.IsCanceled) return Left(reader, read, BodyRead.Late);
                if (read.Buffer.Length > rules.Limit - _length) return Left(reader, read, BodyRead.TooLarge);

                var length = _length + (int)read.Buffer.Length;
                if (rules.Keep && length > (_buffer?.Length ?? 0) && !await GrowAsync(length, rules, budget)) return Left(reader, read, BodyRead.NoRoom);

                Take(read.Buffer, rules);
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    isWhole = true;
                    return BodyRead.Whole;
                }
            }
        }
        finally
        {
            if (!isWhole) rules.Hash?.Dispose();
        }
    }

    /// <summary>Leaves the buffer to the garbage collector, because <paramref name="user"/> may still read it. The buffer counts until that task has
    /// ended.</summary>
    public void Abandon(Task? user)
    {
        if (_buffer is { } buffer && _room is { } room) _ = ReturnAfterAsync(user ?? Task.CompletedTask, room, buffer);
        (_buffer, _room) = (null, null);
    }

    /// <summary>Returns the buffer.</summary>
    public void Dispose()
    {
        if (_buffer is { } buffer) Return(buffer);
        (_buffer, _room, _length) = (null, null, 0);
    }

    private ValueTask<bool> GrowAsync(int length, in BodyRules rules, CancellationToken budget)
    {
        // A verified body of known length gets its final buffer at once.
        if (length > MostSmall || rules is { Verified: true, Declared: > MostSmall })
        {
            return GrowLargeAsync(_room ?? new BodyRoom(rules.Memory, rules.Verified), BodyBuffers.SizeFor(rules.RoomFor(length), rules.Limit), budget);
        }

        Replace(ArrayPool<byte>.Shared.Rent(Math.Max(_buffer is null ? FirstSize : 2 * _buffer.Length, length)), null);
        return new(true);
    }

    private async ValueTask<bool> GrowLargeAsync(BodyRoom room, int size, CancellationToken budget)
    {
        if (await room.RentAsync(size, budget) is not { } buffer) return false;

        Replace(buffer, room);
        return true;
    }

    private void Replace(byte[] buffer, BodyRoom? room)
    {
        Memory.Span.CopyTo(buffer);
        if (_buffer is { } old) Return(old);
        (_buffer, _room) = (buffer, room);
    }

    private void Return(byte[] buffer)
    {
        if (_room is null) ArrayPool<byte>.Shared.Return(buffer);
        else _room.Return(buffer, reuse: true);
    }

    private void Take(in ReadOnlySequence<byte> bytes, in BodyRules rules)
    {
        if (rules.Keep)
        {
            bytes.CopyTo(_buffer.AsSpan(_length));
            rules.Hash?.AppendData(_buffer.AsSpan(_length, (int)bytes.Length));
        }
        else if (rules.Hash is { } hash)
        {
            foreach (var segment in bytes) hash.AppendData(segment.Span);
        }

        _length += (int)bytes.Length;
    }

    private static async Task ReturnAfterAsync(Task user, BodyRoom room, byte[] buffer)
    {
        await user.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        room.Return(buffer, reuse: false);
    }

    private static BodyRead Left(PipeReader reader, ReadResult read, BodyRead how)
    {
        reader.AdvanceTo(read.Buffer.Start);
        return how;
    }
}
