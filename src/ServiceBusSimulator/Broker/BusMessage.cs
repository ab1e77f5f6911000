namespace ServiceBusSimulator.Broker;

/// <summary>A message as its sender sent it; it never changes.</summary>
internal sealed record BusMessage
{
    public required string? MessageId { get; init; }

    public string? SessionId { get; init; }

    public string? Subject { get; init; }

    public string? ContentType { get; init; }

    public string? CorrelationId { get; init; }

    public string? To { get; init; }

    public string? ReplyTo { get; init; }

    public string? ReplyToSessionId { get; init; }

    /// <summary>How long it is kept, by its sender; null if it does not say.</summary>
    public TimeSpan? TimeToLive { get; init; }

    public required IReadOnlyDictionary<string, object?> Properties { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The value of a property as a filter names it, or null.</summary>
    public object? Value(string name)
    {
        if (!name.StartsWith("sys.", StringComparison.OrdinalIgnoreCase)) return Properties.GetValueOrDefault(name);

        return name[4..].ToUpperInvariant() switch
        {
            "MESSAGEID" => MessageId,
            "SESSIONID" => SessionId,
            "LABEL" or "SUBJECT" => Subject,
            "CONTENTTYPE" => ContentType,
            "CORRELATIONID" => CorrelationId,
            "TO" => To,
            "REPLYTO" => ReplyTo,
            _ => null,
        };
    }
}
