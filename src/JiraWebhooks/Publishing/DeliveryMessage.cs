namespace JiraWebhooks.Publishing;

/// <summary>One delivery as published: the untouched body, and the properties by which subscribers filter and route.
/// Properties follow CloudEvents' AMQP binary mode
/// (<see href="https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/amqp-protocol-binding.md"/>).</summary>
public sealed record DeliveryMessage
{
    /// <summary>The site's slug.</summary>
    public required string Site { get; init; }

    /// <summary>X-Atlassian-Webhook-Identifier, or the fallback made from the body; unique within the site.</summary>
    public required string Identifier { get; init; }

    /// <summary>Identity on the bus, at most 128 characters; equal on the live and the failed path (<see cref="DeliveryIdentity"/>).</summary>
    public required string MessageId { get; init; }

    /// <summary>Session, at most 128 characters: arrival order per issue.</summary>
    public required string SessionId { get; init; }

    /// <summary>CloudEvents source: <c>https://{site host}</c>.</summary>
    public required string Source { get; init; }

    /// <summary>webhookEvent verbatim, <c>unknown</c> if the body does not name it.</summary>
    public required string Type { get; init; }

    /// <summary>Id of the issue that the event is about, or null. An issue link has two issues, so it has none here.</summary>
    public string? IssueId { get; init; }

    /// <summary>Issue key, or null.</summary>
    public string? IssueKey { get; init; }

    /// <summary>Jira's own timestamp, or null when there was none.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Primary or Secondary; null when Jira did not say.</summary>
    public string? Flow { get; init; }

    /// <summary>Jira's retry count; 0 on the first attempt.</summary>
    public int Retry { get; init; }

    /// <summary>Ids of the webhooks that matched as <c>,10,11,</c> for a LIKE filter; null when there were none.</summary>
    public string? WebhookIds { get; init; }

    /// <summary>True when the body is not a JSON object. The message is published anyway (docs/architecture.md#200-after-publish).</summary>
    public bool Unparsed { get; init; }

    /// <summary>True when the body is a JSON object without a <c>webhookEvent</c>. The message is published anyway.</summary>
    public bool EventMissing { get; init; }

    /// <summary>True when a <c>self</c> link in the body names another host than the site's.</summary>
    public bool SiteMismatch { get; init; }

    /// <summary>True when no id of <see cref="WebhookIds"/> belongs to a webhook that this app has created and stored
    /// (docs/jira-behaviour.md#unknown-webhooks). Its registration may still be in progress.</summary>
    public bool UnknownWebhook { get; init; }

    /// <summary>True when, according to the body, one of the site's own accounts made the change.</summary>
    public bool OwnChange { get; init; }

    /// <summary>True when Jira's failed record had no body.</summary>
    public bool BodyMissing { get; init; }

    /// <summary>True when the delivery came from Jira's failed list, not live.</summary>
    public bool Recovered { get; init; }

    /// <summary>True when no delivery was received: the message was built from an issue's current state after an outage.</summary>
    public bool Reconstructed { get; init; }

    /// <summary>W3C traceparent of the receiving request, or null.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Media type of the body as Jira sent it.</summary>
    public string ContentType { get; init; } = "application/json; charset=utf-8";

    /// <summary>The body, byte for byte. The caller lends it for the duration of the publish call.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The application properties as name and scalar (string, int, long or bool), the same on every bus.
    /// <paramref name="dataRef"/> is the claim check's address if the body is in Blob Storage.</summary>
    public IEnumerable<KeyValuePair<string, object>> Properties(Uri? dataRef = null) => MessageProperties.Of(this, dataRef);
}
