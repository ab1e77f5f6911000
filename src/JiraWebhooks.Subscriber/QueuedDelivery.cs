using System.Text.Json;

namespace JiraWebhooks.Subscriber;

/// <summary>A delivery in a Storage Queue. A queue message has no properties, so this is JSON with the names and values that a Service Bus message
/// carries, and the body in base64.</summary>
internal sealed record QueuedDelivery
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

    /// <summary>The body, byte for byte; empty on a claim check (<see cref="JiraBodies"/>).</summary>
    public required BinaryData Body { get; init; }

    /// <summary>Reads the text of a queue message.</summary>
    /// <exception cref="FormatException">The text is not a queue message of this system.</exception>
    public static QueuedDelivery Parse(BinaryData text)
    {
        try
        {
            using var json = JsonDocument.Parse(text.ToMemory(), new JsonDocumentOptions { AllowDuplicateProperties = false });
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

    private static object Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.TryGetInt32(out var number) ? (object)number : value.GetInt64(),
        _ => value.GetString()!,
    };
}
