using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace JiraWebhooks.Deliveries;

/// <content>What the receiver does with a body.</content>
public sealed partial class DeliveryReceiver
{
    private static bool IsEncoded(StringValues encoding) =>
        encoding.Count > 0 && (encoding.Count > 1 || !string.Equals(encoding[0]?.Trim(), "identity", StringComparison.OrdinalIgnoreCase));

    // Kestrel's own limit would answer in our place, and the Functions host turns its 413 into a 500; we count the bytes ourselves.
    private static void LiftServerLimit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
    }

    // What was used up before the body was asked for, or while it waited for room, is our own time.
    private string LateReason(TimeSpan read) => read >= options.DeliveryBudget / 2 ? OutcomeReason.SlowBody : OutcomeReason.Budget;

    private static Outcome BodyFailed(Exception failure, HttpContext context, Site? site) =>
        context.RequestAborted.IsCancellationRequested ? Ended(503, OutcomeReason.ClientLeft, site)
        : failure is BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } ? Ended(503, OutcomeReason.SlowBody, site)
        : Ended(503, failure is IOException or OperationCanceledException ? OutcomeReason.BrokenBody : "internal", site) with { Cause = failure };

    private async ValueTask PublishAsync(DeliveryMessage message, PooledBody body, CancellationToken budget)
    {
        Task? publishing = null;
        var accepted = false;
        try
        {
            publishing = publisher.PublishAsync(message, budget);
            await publishing.WaitAsync(budget);
            accepted = true;
        }
        finally
        {
            // Whoever failed or overran the budget may read on: a send that timed out can still lie in the SDK, waiting for the wire.
            if (!accepted) body.Abandon(publishing);
        }
    }
}
