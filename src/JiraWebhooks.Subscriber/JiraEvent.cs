using Azure.Messaging.ServiceBus;

namespace JiraWebhooks.Subscriber;

/// <summary>An event of Jira, as a message carries it. Properties that the message or the body does not have are null; unknown events and fields are no
/// error. A body that cannot be read is told by <see cref="BodyProblem"/>, and never thrown.</summary>
public sealed record JiraEvent
{
    /// <summary>webhookEvent verbatim, for example <c>jira:issue_updated</c>; <c>unknown</c> if the body does not name it.</summary>
    public required string Type { get; init; }

    /// <summary>The site's slug.</summary>
    public required string Site { get; init; }

    /// <summary>The identifier of the event, unique within the site. It is the same if the event is delivered again or recovered.</summary>
    public required string Identifier { get; init; }

    /// <summary>Identity of the message: use it to handle each event once.</summary>
    public required string MessageId { get; init; }

    /// <summary>Session of the message: the events of one issue have the same.</summary>
    public string? SessionId { get; init; }

    /// <summary>Id of the issue; null when the event is about none, or about two (issue links).</summary>
    public string? IssueId { get; init; }

    /// <summary>Key of the issue.</summary>
    public string? IssueKey { get; init; }

    /// <summary>Jira's time of the event; of a reconstructed event, the time of the last change of the issue.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Ids of the webhooks that matched; empty if Jira named none.</summary>
    public IReadOnlyList<long> WebhookIds { get; init; } = [];

    /// <summary>Jira's retry count of the delivery, from 0.</summary>
    public int Retry { get; init; }

    /// <summary>True when the event came from Jira's failed list or from a search after an outage.</summary>
    public bool IsRecovered { get; init; }

    /// <summary>True when the message was built from an issue's current state after an outage: the body is the issue, and not a delivery of Jira.</summary>
    public bool IsReconstructed { get; init; }

    /// <summary>True when one of the site's own accounts made the change.</summary>
    public bool IsOwnChange { get; init; }

    /// <summary>True when an operator has taken the message from the dead letters and sent it again.</summary>
    public bool IsRedriven { get; init; }

    /// <summary>True when links in the body name another site than <see cref="Site"/>.</summary>
    public bool IsOfAnotherSite { get; init; }

    /// <summary>True when the app has created none of the webhooks that matched.</summary>
    public bool IsOfUnknownWebhook { get; init; }

    /// <summary>True when Jira's failed record had no body.</summary>
    public bool IsBodyMissing { get; init; }

    /// <summary>Address of the body, if it is not in the message: <see cref="JiraBodies"/> fetches it.</summary>
    public Uri? DataRef { get; init; }

    /// <summary>The body byte for byte as Jira sent it; empty while <see cref="IsClaimCheck"/> is true.</summary>
    public BinaryData Body { get; init; } = BinaryData.FromBytes(ReadOnlyMemory<byte>.Empty);

    /// <summary>True while the body is only referred to.</summary>
    public bool IsClaimCheck => DataRef is not null && Body.ToMemory().IsEmpty;

    /// <summary>Why the properties of the body cannot be read, in one sentence without content of the body; null if they were read, or the body is a
    /// claim check.</summary>
    public string? BodyProblem { get; init; }

    /// <summary>Id of the comment that the event is about.</summary>
    public string? CommentId { get; init; }

    /// <summary>Id of the worklog that the event is about.</summary>
    public string? WorklogId { get; init; }

    /// <summary>Account id of the person or app that made the change, if the body says so.</summary>
    public string? ActorAccountId { get; init; }

    /// <summary>What has changed, of <c>jira:issue_updated</c>; empty otherwise.</summary>
    public IReadOnlyList<ChangelogItem> Changelog { get; init; } = [];

    /// <summary><c>fields.updated</c> of the issue in the body.</summary>
    public DateTimeOffset? IssueUpdated { get; init; }

    /// <summary>What to keep of this event to compare a later one with it (<see cref="EventOrdering"/>).</summary>
    public AppliedEvent Applied => new(Identifier, Time) { IssueUpdated = IssueUpdated, IsReconstructed = IsReconstructed };

    /// <summary>Reads a message of Service Bus. It never throws for what is in the message.</summary>
    public static JiraEvent Read(ServiceBusReceivedMessage message) =>
        PropertyReader.Read(message.MessageId, message.SessionId, message.Subject, message.ApplicationProperties, message.Body);

    /// <summary>Reads the text of a message of a Storage Queue.</summary>
    /// <exception cref="FormatException">The text is not a message of this system.</exception>
    public static JiraEvent ReadQueueMessage(BinaryData text)
    {
        var message = QueuedDelivery.Parse(text);
        return PropertyReader.Read(message.MessageId, message.SessionId, message.Subject, message.Properties, message.Body);
    }

    /// <summary>Returns the event with a body that was fetched.</summary>
    public JiraEvent WithBody(BinaryData body) => BodyReader.Read(this with { Body = body });

    /// <inheritdoc/>
    public override string ToString() => $"{Type} {Site} {IssueKey ?? IssueId ?? "-"} {MessageId}";
}

/// <summary>One changed field.</summary>
/// <param name="Field">Name of the field.</param>
/// <param name="FieldId">Id of the field.</param>
/// <param name="From">The value before, as Jira stores it.</param>
/// <param name="FromText">The value before, as people see it.</param>
/// <param name="To">The value after, as Jira stores it.</param>
/// <param name="ToText">The value after, as people see it.</param>
public sealed record ChangelogItem(string? Field, string? FieldId, string? From, string? FromText, string? To, string? ToText);
