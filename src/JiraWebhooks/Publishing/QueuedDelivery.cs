using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace JiraWebhooks.Publishing;

/// <summary>A delivery in a Storage Queue. A queue message has no properties, so this is JSON with the names and values that a Service Bus message
/// carries, and the body in base64.</summary>
public sealed record QueuedDelivery
{
    /// <summary>Identity of the event. A queue does not drop duplicates, so subscribers must.</summary>
    public required string MessageId { get; init; }

    /// <summary>Session of the event.</summary>
    public required string SessionId { get; init; }

    /// <summary>webhookEvent.</summary>
    public required string Subject { get; init; }

    /// <summary>Media type of the body.</summary>
    public required string ContentType { get; init; }

    /// <summary>The application properties: string, int, long or bool.</summary>
    public required IReadOnlyDictionary<string, object> Properties { get; init; }

    /// <summary>The body, byte for byte; empty on a claim check (<see cref="DeliveryBodyReader"/>).</summary>
    public required BinaryData Body { get; init; }

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

    /// <summary>Reads the text of a queue message.</summary>
    /// <exception cref="FormatException">The text is not a queue message of this system.</exception>
    public static QueuedDelivery Parse(BinaryData text)
    {
        try
        {
            using var json = JsonDocument.Parse(text.ToMemory());
            var root = json.RootElement;
            return new QueuedDelivery
            {
                MessageId = root.GetProperty("messageId").GetString()!,
                SessionId = root.GetProperty("sessionId").GetString()!,
                Subject = root.GetProperty("subject").GetString()!,
                ContentType = root.GetProperty("contentType").GetString()!,
                Properties = root.GetProperty("properties").EnumerateObject().ToDictionary(property => property.Name, property => Scalar(property.Value)),
                Body = BinaryData.FromBytes(root.GetProperty("body").GetBytesFromBase64()),
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("The queue message is no delivery of this system.", error);
        }
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

    private static object Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.TryGetInt32(out var number) ? (object)number : value.GetInt64(),
        _ => value.GetString()!,
    };
}
