using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LocalHost.Inspector;

/// <summary>What the page reads.</summary>
internal static class InspectorJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The row of a delivery.</summary>
    public static object Row(CapturedDelivery delivery) => new
    {
        n = delivery.Number,
        at = delivery.At,
        site = delivery.Site,
        @event = delivery.Event,
        issue = delivery.Issue,
        outcome = delivery.Outcome,
        status = delivery.Status,
        reason = delivery.Reason,
        ms = Math.Round(delivery.Milliseconds, 1),
        again = delivery.SentAgain ? true : (bool?)null,
    };

    /// <summary>A delivery with all that is known.</summary>
    public static object Detail(CapturedDelivery delivery, Uri baseUrl)
    {
        var (meaning, fix) = Explanations.Of(delivery.Reason);
        var isWhole = delivery.BodyBytes > 0 && delivery.Body.Length == delivery.BodyBytes;
        return new
        {
            row = Row(delivery),
            meaning,
            fix,
            headers = delivery.Headers,
            claims = delivery.Claims,
            body = delivery.Body.Length > 0 ? Encoding.UTF8.GetString(delivery.Body.Span) : null,
            bodyBytes = delivery.BodyBytes,
            isBodyWhole = isWhole,
            message = delivery.Message is { } sent ? new { sent.MessageId, sent.SessionId, sent.Subject, sent.ContentType, properties = sent.Properties.ToDictionary() } : null,
            stages = Stages(delivery),
            curl = delivery.Status > 0 ? Curl.Of(delivery, baseUrl) : null,
        };
    }

    private static object? Stages(CapturedDelivery delivery) => delivery.Status == 0 ? null : new
    {
        verify = Math.Round(delivery.Milliseconds - (delivery.PublishMilliseconds ?? 0), 1),
        publish = delivery.PublishMilliseconds is { } publish ? Math.Round(publish, 1) : (double?)null,
        total = Math.Round(delivery.Milliseconds, 1),
    };
}
