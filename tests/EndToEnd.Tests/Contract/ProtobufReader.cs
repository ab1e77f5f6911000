using System.Buffers.Binary;

namespace EndToEnd.Tests.Contract;

/// <summary>A field of a protobuf message (<see href="https://protobuf.dev/programming-guides/encoding/"/>).</summary>
/// <param name="Number">Its number.</param>
/// <param name="Scalar">Its value if it is a number.</param>
/// <param name="Bytes">Its value if it is a text or a message.</param>
internal readonly record struct ProtobufField(int Number, ulong Scalar, ReadOnlyMemory<byte> Bytes)
{
    public double Double => BitConverter.UInt64BitsToDouble(Scalar);

    public string Text => System.Text.Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>The fields of the message in this one.</summary>
    public IEnumerable<ProtobufField> Fields(int number) => ProtobufReader.Read(Bytes).Where(field => field.Number == number);
}

/// <summary>Reads what a collector gets, without its generated classes.</summary>
internal static class ProtobufReader
{
    public static List<ProtobufField> Read(ReadOnlyMemory<byte> message)
    {
        var fields = new List<ProtobufField>();
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message.Span, ref at);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    fields.Add(new(number, Varint(message.Span, ref at), default));
                    break;
                case 1:
                    fields.Add(new(number, BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]), default));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message.Span, ref at);
                    fields.Add(new(number, 0, message.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    fields.Add(new(number, BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..]), default));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7} is obsolete.");
            }
        }

        return fields;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}
