using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace LocalHost.Inspector;

/// <summary>Reads a request's body and keeps a copy of its beginning. It passes every call on to the reader of the server: a stream in between would lose
/// how the receiver ends a read that takes too long, and the server could not read the rest.</summary>
internal sealed class CopiedBody(PipeReader body) : PipeReader, IRequestBodyPipeFeature
{
    /// <summary>Bytes of a body that are kept at most.</summary>
    public const int MostKept = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _copy = new();
    private ReadOnlySequence<byte> _read;

    /// <summary>Bytes that were read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The copy.</summary>
    public ReadOnlyMemory<byte> Kept => _copy.WrittenMemory;

    PipeReader IRequestBodyPipeFeature.Reader => this;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var result = await body.ReadAsync(cancellationToken);
        _read = result.Buffer;
        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        var hasRead = body.TryRead(out result);
        if (hasRead) _read = result.Buffer;
        return hasRead;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var part = _read.Slice(_read.Start, consumed);
        BytesRead += part.Length;
        foreach (var segment in part.Slice(0, Math.Min(part.Length, MostKept - _copy.WrittenCount))) _copy.Write(segment.Span);
        _read = default;
        body.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => body.Complete(exception);
}
