using JiraWebhooks.Publishing;

namespace LocalHost.Inspector;

/// <summary>A delivery as the page shows it. It holds no signature and no secret.</summary>
internal sealed record CapturedDelivery
{
    public const string Accepted = "accepted";
    public const string Refused = "refused";
    public const string Unavailable = "unavailable";
    public const string Recovered = "recovered";

    /// <summary>Its number; set when it is added to the log.</summary>
    public long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Last segment of the path; a caller without a secret can send any text.</summary>
    public required string Site { get; init; }

    /// <summary>One of the constants.</summary>
    public required string Outcome { get; init; }

    /// <summary>Status of the answer; 0 if it was recovered, not delivered.</summary>
    public int Status { get; init; }

    /// <summary>The reason, as in metrics and logs.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The event of the body, or null.</summary>
    public string? Event { get; init; }

    /// <summary>The key of the issue, or null.</summary>
    public string? Issue { get; init; }

    /// <summary>From the request to the answer.</summary>
    public double Milliseconds { get; init; }

    /// <summary>The part of it in the publisher; null if it was not reached.</summary>
    public double? PublishMilliseconds { get; init; }

    public IReadOnlyList<ShownHeader> Headers { get; init; } = [];

    /// <summary>The claims of its token as JSON, without the signature; null if there is no token.</summary>
    public string? Claims { get; init; }

    /// <summary>The body, or its beginning; empty if it was not read.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Bytes of the body that were read.</summary>
    public long BodyBytes { get; init; }

    /// <summary>The message that went out, without its body; null if none did.</summary>
    public SentMessage? Message { get; init; }

    /// <summary>True if this host sent it, as a copy of an earlier one.</summary>
    public bool SentAgain { get; init; }
}

/// <summary>A header of a request. Credentials are masked.</summary>
internal sealed record ShownHeader(string Name, string Value);

/// <summary>A message as published, without its body.</summary>
internal sealed record SentMessage(string MessageId, string SessionId, string Subject, string ContentType, IReadOnlyList<KeyValuePair<string, object>> Properties)
{
    public static SentMessage Of(DeliveryMessage message) =>
        new(message.MessageId, message.SessionId, message.Type, message.ContentType, [.. message.Properties()]);
}
