using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace JiraWebhooks.Deliveries;

/// <content>How the receiver handles a body.</content>
public sealed partial class DeliveryReceiver
{
    private static bool IsEncoded(StringValues encoding) =>
        encoding.Count > 0 && (encoding.Count > 1 || !string.Equals(encoding[0]?.Trim(), "identity", StringComparison.OrdinalIgnoreCase));

    // We count the bytes ourselves: Kestrel's limit would answer before us, and the Functions host turns its 413 into a 500.
    private static void LiftServerLimit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
    }

    // Time used before the body is read, or while it waits for memory, is ours. The caller is slow only if reading took at least half the budget.
    private OutcomeReason LateReason(TimeSpan read) => read >= options.DeliveryBudget / 2 ? OutcomeReason.SlowBody : OutcomeReason.Budget;

    private static Outcome BodyFailed(Exception failure, HttpContext context, Site? site) =>
        context.RequestAborted.IsCancellationRequested ? Ended(503, OutcomeReason.ClientLeft, site)
        : failure is BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } ? Ended(503, OutcomeReason.SlowBody, site)
        : Ended(503, failure is IOException or OperationCanceledException ? OutcomeReason.BrokenBody : OutcomeReason.Internal, site) with { Cause = failure };

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
            // After an error or a timeout the publisher may still read the body: the SDK can still hold the message and wait for the connection.
            if (!accepted) body.Abandon(publishing);
        }
    }
}
