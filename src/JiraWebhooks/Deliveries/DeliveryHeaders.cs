using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace JiraWebhooks.Deliveries;

/// <summary>What Jira says about a delivery in its headers (<see href="https://developer.atlassian.com/cloud/jira/platform/webhooks/"/>).
/// No scheme signs them, so they are passed on and are never a reason to refuse.</summary>
internal readonly record struct DeliveryHeaders
{
    /// <summary>Present only on a retry.</summary>
    public const string RetryName = "X-Atlassian-Webhook-Retry";

    /// <summary>X-Atlassian-Webhook-Identifier, or null.</summary>
    public string? Identifier { get; init; }

    /// <summary>X-Atlassian-Webhook-Flow, or null.</summary>
    public string? Flow { get; init; }

    /// <summary>X-Atlassian-Webhook-Retry; 0 on the first attempt and if it is not a number.</summary>
    public int Retry { get; init; }

    /// <summary>Content-Type, or null.</summary>
    public string? ContentType { get; init; }

    /// <summary>Reads <paramref name="headers"/>. If a header is repeated, the first value counts.</summary>
    public static DeliveryHeaders Of(IHeaderDictionary headers) => new()
    {
        Identifier = First(headers["X-Atlassian-Webhook-Identifier"]),
        Flow = First(headers["X-Atlassian-Webhook-Flow"]),
        Retry = int.TryParse(First(headers[RetryName]), NumberStyles.None, CultureInfo.InvariantCulture, out var retry) ? retry : 0,
        ContentType = First(headers.ContentType),
    };

    private static string? First(StringValues values) => values.Count > 0 && !string.IsNullOrWhiteSpace(values[0]) ? values[0] : null;
}
