using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusSimulator.Broker;

namespace ServiceBusSimulator.Amqp;

/// <summary>Converts messages between AMQP and the broker.</summary>
internal static class MessageCodec
{
    /// <summary>Message format of a batch: each data section is an encoded message.</summary>
    private const uint BatchFormat = 0x80013700;

    /// <summary>Returns the messages of a transfer.</summary>
    /// <exception cref="AmqpException">A body is not binary data.</exception>
    public static IReadOnlyList<BusMessage> Read(AmqpMessage transfer) => transfer.MessageFormat == BatchFormat
        ? [.. transfer.DataBody.Select(data => One(AmqpMessage.CreateAmqpStreamMessage(new BufferListStream([Bytes(data)]), payloadInitialized: true)))]
        : [One(transfer)];

    /// <summary>Creates the AMQP message that a receiver gets.</summary>
    public static AmqpMessage Write(StoredMessage message)
    {
        var content = message.Content;
        var written = AmqpMessage.Create(new Data { Value = new ArraySegment<byte>(content.Body.ToArray()) });
        written.Header.DeliveryCount = (uint)message.DeliveryCount;
        if (content.TimeToLive is { } life) written.Header.Ttl = (uint)Math.Min(life.TotalMilliseconds, uint.MaxValue);
        written.Properties.MessageId = content.MessageId;
        written.Properties.GroupId = content.SessionId;
        written.Properties.Subject = content.Subject;
        written.Properties.ContentType = content.ContentType;
        written.Properties.CorrelationId = content.CorrelationId;
        written.Properties.To = content.To;
        written.Properties.ReplyTo = content.ReplyTo;
        written.Properties.ReplyToGroupId = content.ReplyToSessionId;
        foreach (var (name, value) in content.Properties) written.ApplicationProperties.Map[name] = value;

        written.MessageAnnotations.Map["x-opt-sequence-number"] = message.SequenceNumber;
        written.MessageAnnotations.Map["x-opt-enqueued-time"] = message.EnqueuedAt.UtcDateTime;
        var lockedUntil = message.Session?.LockedUntil ?? message.LockedUntil;
        if (message.LockToken != Guid.Empty) written.MessageAnnotations.Map["x-opt-locked-until"] = lockedUntil.UtcDateTime;
        if (message.DeadLetterSource is { } source) written.MessageAnnotations.Map["x-opt-deadletter-source"] = source;
        return written;
    }

    /// <summary>Encodes a message, as a peek returns it.</summary>
    public static ArraySegment<byte> Encode(AmqpMessage message) => new([.. message.GetPayload().SelectMany(segment => segment)]);

    private static BusMessage One(AmqpMessage message)
    {
        if (message.BodyType != SectionFlag.Data && message.BodyType != 0) throw BusErrors.Exception(AmqpErrorCode.NotImplemented, "Only bodies of binary data are simulated.");

        var properties = message.Sections.HasFlag(SectionFlag.Properties) ? message.Properties : new Properties();
        return new BusMessage
        {
            MessageId = properties.MessageId?.ToString(),
            SessionId = properties.GroupId,
            Subject = properties.Subject,
            ContentType = properties.ContentType.Value,
            CorrelationId = properties.CorrelationId?.ToString(),
            To = properties.To?.ToString(),
            ReplyTo = properties.ReplyTo?.ToString(),
            ReplyToSessionId = properties.ReplyToGroupId,
            TimeToLive = message.Sections.HasFlag(SectionFlag.Header) && message.Header.Ttl is { } life ? TimeSpan.FromMilliseconds(life) : null,
            Properties = message.Sections.HasFlag(SectionFlag.ApplicationProperties)
                ? message.ApplicationProperties.Map.ToDictionary(pair => pair.Key.ToString()!, pair => (object?)pair.Value, StringComparer.OrdinalIgnoreCase)
                : new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase),
            Body = message.BodyType == SectionFlag.Data ? message.DataBody.SelectMany(data => Bytes(data)).ToArray() : ReadOnlyMemory<byte>.Empty,
        };
    }

    private static ArraySegment<byte> Bytes(Data data) => data.Value switch
    {
        ArraySegment<byte> segment => segment,
        byte[] bytes => new ArraySegment<byte>(bytes),
        _ => throw BusErrors.Exception(AmqpErrorCode.DecodeError, "A data section is not binary."),
    };
}
