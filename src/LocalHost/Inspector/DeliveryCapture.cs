using System.Diagnostics;
using System.Text.Json;
using JiraWebhooks.Publishing;
using JiraWebhooks.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace LocalHost.Inspector;

/// <summary>Records each delivery while the app handles it: the request in a middleware, the message in the publisher, the reason in the span of the
/// receiver. They find the delivery by the flow of the request.</summary>
internal sealed class DeliveryCapture : IDisposable
{
    private const string Prefix = "/api/deliveries";

    private static readonly AsyncLocal<Capture?> Current = new();

    private readonly DeliveryLog _log;
    private readonly TimeProvider _clock;
    private readonly ActivityListener _listener;

    public DeliveryCapture(DeliveryLog log, TimeProvider clock)
    {
        (_log, _clock) = (log, clock);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Instrumentation.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
            ActivityStopped = span =>
            {
                if (Current.Value is { } capture && span.GetTagItem("reason") is string reason) capture.Reason = reason;
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !context.Request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal, out var site))
        {
            await next(context);
            return;
        }

        var body = new CopiedBody(context.Request.BodyReader);
        var capture = Current.Value = new Capture(_clock.GetTimestamp());
        context.Features.Set<IRequestBodyPipeFeature>(body);
        await next(context);

        var status = context.Response.StatusCode;
        var message = capture.Message;
        var kept = body.Kept;
        _log.Add(new CapturedDelivery
        {
            At = _clock.GetUtcNow(),
            Site = site.Value!.Trim('/'),
            Outcome = status switch { 200 => CapturedDelivery.Accepted, 503 => CapturedDelivery.Unavailable, _ => CapturedDelivery.Refused },
            Status = status,
            Reason = capture.Reason,
            Event = message?.Type ?? EventOf(kept),
            Issue = message?.IssueKey,
            Milliseconds = _clock.GetElapsedTime(capture.Started).TotalMilliseconds,
            PublishMilliseconds = capture.Publishing?.TotalMilliseconds,
            Headers = RequestHeaders.Masked(context.Request.Headers),
            Claims = RequestHeaders.Claims(context.Request.Headers.Authorization.ToString()),
            Body = kept,
            BodyBytes = body.BytesRead,
            Message = message is null ? null : SentMessage.Of(message),
            SentAgain = _log.IsAgain(context.Request.Headers[Resend.IdentifierHeader].ToString()),
        });
    }

    /// <summary>Records what the publisher got; <paramref name="took"/> is its time.</summary>
    public void Published(IReadOnlyList<DeliveryMessage> messages, TimeSpan took, bool isDone)
    {
        if (Current.Value is { } capture)
        {
            // The body is lent for the call.
            capture.Publishing = took;
            if (isDone) capture.Message = messages[0] with { Body = default };
        }
        else if (isDone)
        {
            foreach (var message in messages) _log.Add(Recovered(message));
        }
    }

    public void Dispose() => _listener.Dispose();

    private CapturedDelivery Recovered(DeliveryMessage message) => new()
    {
        At = _clock.GetUtcNow(),
        Site = message.Site,
        Outcome = CapturedDelivery.Recovered,
        Reason = message.Reconstructed ? "reconstructed" : "failed_list",
        Event = message.Type,
        Issue = message.IssueKey,
        Body = message.Body.Span[..Math.Min(message.Body.Length, CopiedBody.MostKept)].ToArray(),
        BodyBytes = message.Body.Length,
        Message = SentMessage.Of(message),
    };

    private static string? EventOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("webhookEvent", out var name) ? name.GetString() : null;
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private sealed class Capture(long started)
    {
        public long Started => started;

        public string Reason { get; set; } = "";

        public TimeSpan? Publishing { get; set; }

        public DeliveryMessage? Message { get; set; }
    }
}
