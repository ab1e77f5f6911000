using System.Text.Json.Serialization;
using JiraWebhooks.Telemetry;

namespace JiraWebhooks.Jira;

/// <summary>A webhook that exists in Jira. Unknown fields and enum values are accepted (docs/jira-behaviour.md#unknown-content).</summary>
/// <param name="Id">Unique only within a site.</param>
/// <param name="Events">Event names as Jira writes them.</param>
/// <param name="JqlFilter">The filter. Jira may have rewritten it: never match by it.</param>
public sealed record Webhook(long Id, IReadOnlyList<string> Events, string JqlFilter)
{
    /// <summary>Callback URL; missing on older tenants.</summary>
    [JsonConverter(typeof(JiraUrlConverter))]
    public Uri? Url { get; init; }

    /// <summary>When Jira silently stops sending; null if unknown.</summary>
    [JsonConverter(typeof(JiraDateConverter))]
    public DateTimeOffset? ExpirationDate { get; init; }

    /// <summary>Fields that issue updates are limited to.</summary>
    public IReadOnlyList<string>? FieldIdsFilter { get; init; }

    /// <summary>Property keys that property events are limited to.</summary>
    public IReadOnlyList<string>? IssuePropertyKeysFilter { get; init; }
}

/// <summary>PageBeanWebhook: nothing in it is required.</summary>
public sealed record WebhookPage
{
    /// <summary>True on the last page; may be missing.</summary>
    public bool? IsLast { get; init; }

    /// <summary>Page size Jira used.</summary>
    public int? MaxResults { get; init; }

    /// <summary>Index of the first value.</summary>
    public long? StartAt { get; init; }

    /// <summary>Number of all webhooks; may be missing.</summary>
    public long? Total { get; init; }

    /// <summary>The webhooks.</summary>
    public IReadOnlyList<Webhook>? Values { get; init; }
}

/// <summary>WebhookRegistrationDetails.</summary>
public sealed record WebhookRegistration(Uri Url, IReadOnlyList<WebhookDetails> Webhooks);

/// <summary>WebhookDetails: one webhook to register.</summary>
public sealed record WebhookDetails(IReadOnlyList<string> Events, string JqlFilter)
{
    /// <summary>Fields that issue updates are limited to; absent means all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? FieldIdsFilter { get; init; }

    /// <summary>Property keys that property events are limited to; absent means all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? IssuePropertyKeysFilter { get; init; }
}

/// <summary>ContainerForRegisteredWebhooks: errors of single items come inside an HTTP 200.</summary>
public sealed record RegisteredWebhooks(IReadOnlyList<RegisteredWebhook>? WebhookRegistrationResult);

/// <summary>One item's result: an id, or errors.</summary>
public sealed record RegisteredWebhook(long? CreatedWebhookId, IReadOnlyList<string>? Errors)
{
    /// <summary>Why it was refused, redacted.</summary>
    public IReadOnlyList<string>? Errors { get; init; } = Redaction.Of(Errors);
}

/// <summary>ContainerForWebhookIDs.</summary>
[method: JsonConstructor]
public sealed record WebhookIds([property: JsonPropertyName("webhookIds")] IReadOnlyList<long> Ids);

/// <summary>FailedWebhooks: one page of the failed list.</summary>
public sealed record FailedWebhooks
{
    /// <summary>Page size; the page may hold more (equal failure times are never split).</summary>
    public int MaxResults { get; init; }

    /// <summary>The records, oldest first.</summary>
    public IReadOnlyList<FailedWebhook>? Values { get; init; }

    /// <summary>Where the next page is; present only when there was a record.</summary>
    public string? Next { get; init; }
}

/// <summary>The content of one page of the failed list.</summary>
/// <param name="Records">The records, oldest first.</param>
/// <param name="AnsweredAt">The time of Jira's clock, from the answer's <c>Date</c> header; null if there is none.</param>
public sealed record FailedPage(IReadOnlyList<FailedWebhook> Records, DateTimeOffset? AnsweredAt);

/// <summary>FailedWebhook: a delivery that ran out of retries.</summary>
/// <param name="Id">The delivery's X-Atlassian-Webhook-Identifier, not a webhook id.</param>
/// <param name="Url">The callback URL.</param>
/// <param name="FailureTime">Time of the last failed retry, epoch milliseconds.</param>
/// <param name="Body">The body as text; may be missing.</param>
public sealed record FailedWebhook(
    string Id,
    string? Url,
    long FailureTime,
    string? Body);

/// <summary>What Atlassian answers in place of a site, such as a suspended one.</summary>
internal sealed record StandInError
{
    /// <summary>The message, as the edge writes it.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The message, as the gateway writes it.</summary>
    public string? Message { get; init; }
}

/// <summary>ErrorCollection: nothing in it is required.</summary>
internal sealed record JiraErrors
{
    /// <summary>Messages for people.</summary>
    public IReadOnlyList<string>? ErrorMessages { get; init; }

    /// <summary>Messages by field.</summary>
    public IReadOnlyDictionary<string, string>? Errors { get; init; }
}
