using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace JiraWebhooks.Deliveries;

/// <summary>The one copy of a delivery's body, in a rented buffer that grows with what really arrives: Content-Length is only a claim.</summary>
internal sealed class PooledBody : IDisposable
{
    // Most deliveries are a few kilobytes; ArrayPool rounds up to powers of two anyway.
    private const int FirstSize = 8 * 1024;

    private byte[]? _buffer;
    private int _length;

    /// <summary>What was read and kept so far; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Memory => new(_buffer, 0, _length);

    /// <summary>How much was read so far.</summary>
    public int Length => _length;

    /// <summary>Reads the whole body of at most <paramref name="limit"/> bytes; without <paramref name="keep"/> it is only counted. What
    /// follows after any other answer than <see cref="BodyRead.Whole"/> is left unread.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<BodyRead> ReadAsync(PipeReader reader, int limit, bool keep, CancellationToken budget)
    {
        while (true)
        {
            // Kestrel takes a read that a token has cancelled for one that goes on, and fails when it reads the rest itself.
            ReadResult read;
            var reading = reader.ReadAsync(CancellationToken.None);
            if (reading.IsCompletedSuccessfully) read = reading.Result;
            else using (budget.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader)) read = await reading;

            if (read.IsCanceled) return Left(reader, read, BodyRead.Late);
            if (read.Buffer.Length > limit - _length) return Left(reader, read, BodyRead.TooLarge);

            if (keep) Append(read.Buffer);
            else _length += (int)read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return BodyRead.Whole;
        }
    }

    /// <summary>Leaves the buffer to the garbage collector: somebody may still be reading it.</summary>
    public void Abandon() => _buffer = null;

    /// <summary>Gives the buffer back to the pool.</summary>
    public void Dispose()
    {
        if (_buffer is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
        _length = 0;
    }

    private static BodyRead Left(PipeReader reader, ReadResult read, BodyRead how)
    {
        reader.AdvanceTo(read.Buffer.Start);
        return how;
    }

    private void Append(ReadOnlySequence<byte> bytes)
    {
        var length = _length + (int)bytes.Length;
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, length));
        }
        else if (length > _buffer.Length)
        {
            var grown = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _buffer.Length, length));
            Memory.Span.CopyTo(grown);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = grown;
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length = length;
    }
}
