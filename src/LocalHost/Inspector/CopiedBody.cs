namespace LocalHost.Inspector;

/// <summary>Reads a request's body and keeps a copy of its beginning.</summary>
internal sealed class CopiedBody(Stream body) : Stream
{
    /// <summary>Bytes of a body that are kept at most.</summary>
    public const int MostKept = 256 * 1024;

    private readonly MemoryStream _copy = new();

    /// <summary>Bytes that were read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The copy.</summary>
    public ReadOnlyMemory<byte> Kept => _copy.ToArray();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        BytesRead += read;
        var room = MostKept - (int)_copy.Length;
        if (room > 0) _copy.Write(buffer.Span[..Math.Min(read, room)]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The server reads asynchronously.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
