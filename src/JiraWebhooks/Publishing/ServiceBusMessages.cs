using Azure.Messaging.ServiceBus;

namespace JiraWebhooks.Publishing;

/// <summary>Maps a delivery to a Service Bus message (docs/architecture.md#one-message-id).</summary>
internal static class ServiceBusMessages
{
    /// <summary>The message. With <paramref name="dataRef"/> its body is empty, because it is stored there.</summary>
    public static ServiceBusMessage Of(DeliveryMessage message, Uri? dataRef)
    {
        var mapped = new ServiceBusMessage(dataRef is null ? BinaryData.FromBytes(message.Body) : BinaryData.FromBytes(ReadOnlyMemory<byte>.Empty))
        {
            MessageId = message.MessageId,
            SessionId = message.SessionId,
            Subject = MessageProperties.Cut(message.Type),
            ContentType = message.ContentType,
        };
        foreach (var (name, value) in message.Properties(dataRef)) mapped.ApplicationProperties[name] = value;
        return mapped;
    }
}
