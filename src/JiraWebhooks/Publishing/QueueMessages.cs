using System.Buffers;
using System.Globalization;
using System.Text.Json;
using JiraWebhooks.Subscriber;

namespace JiraWebhooks.Publishing;

/// <summary>Writes the text of a queue message; <see cref="QueuedDelivery"/> reads it.</summary>
internal static class QueueMessages
{
    /// <summary>The text of the queue message for <paramref name="message"/>. It is pure ASCII, which every queue client transports unchanged.</summary>
    public static ReadOnlyMemory<byte> Write(DeliveryMessage message, Uri? dataRef)
    {
        var buffer = new ArrayBufferWriter<byte>(message.Body.Length * 2 + 1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("messageId", message.MessageId);
        json.WriteString("sessionId", message.SessionId);
        json.WriteString("subject", MessageProperties.Cut(message.Type));
        json.WriteString("contentType", message.ContentType);
        json.WriteStartObject("properties");
        foreach (var (name, value) in message.Properties(dataRef)) WriteScalar(json, name, value);
        json.WriteEndObject();
        json.WriteBase64String("body", dataRef is null ? message.Body.Span : default);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteScalar(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int or long:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString(name, (string)value);
                break;
        }
    }
}
