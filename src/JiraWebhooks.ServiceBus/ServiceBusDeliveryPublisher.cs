using Azure.Messaging.ServiceBus;
using JiraWebhooks.Publishing;

namespace JiraWebhooks.ServiceBus;

/// <summary>Publishes to a Service Bus topic or queue. It returns when the bus has accepted everything, and throws
/// <see cref="ServiceBusException"/> otherwise; duplicate detection makes a repeat harmless.</summary>
/// <param name="sender">The topic's or queue's sender.</param>
/// <param name="claimCheck">Where bodies go that are too large.</param>
/// <param name="threshold">Body size in bytes above which they go there without asking the bus.</param>
public sealed class ServiceBusDeliveryPublisher(ServiceBusSender sender, IClaimCheck claimCheck, int threshold) : IDeliveryPublisher
{
    /// <summary>For the Standard tier, whose messages hold 256 KB with all their properties
    /// (<see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas"/>).</summary>
    public const int DefaultThreshold = 192 * 1024;

    /// <inheritdoc/>
    public async Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        if (message.Body.Length <= threshold)
        {
            try
            {
                await sender.SendMessageAsync(ServiceBusMessages.Of(message, null), cancellationToken);
                return;
            }
            catch (ServiceBusException tooLarge) when (tooLarge.Reason is ServiceBusFailureReason.MessageSizeExceeded)
            {
                // The bus counts properties too: its word wins over our threshold.
            }
        }

        await sender.SendMessageAsync(await ClaimAsync(message, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0) return;

        var batch = await sender.CreateMessageBatchAsync(cancellationToken);
        try
        {
            foreach (var message in messages)
            {
                var small = message.Body.Length <= threshold;
                var next = small ? ServiceBusMessages.Of(message, null) : await ClaimAsync(message, cancellationToken);
                if (batch.TryAddMessage(next)) continue;

                if (batch.Count > 0)
                {
                    await sender.SendMessagesAsync(batch, cancellationToken);
                    batch.Dispose();
                    batch = await sender.CreateMessageBatchAsync(cancellationToken);
                    if (batch.TryAddMessage(next)) continue;
                }

                // Too large for a batch of its own.
                if (!small || !batch.TryAddMessage(await ClaimAsync(message, cancellationToken)))
                {
                    throw new ServiceBusException("A message without its body is too large for the bus.", ServiceBusFailureReason.MessageSizeExceeded);
                }
            }

            if (batch.Count > 0) await sender.SendMessagesAsync(batch, cancellationToken);
        }
        finally
        {
            batch.Dispose();
        }
    }

    private async Task<ServiceBusMessage> ClaimAsync(DeliveryMessage message, CancellationToken cancellationToken) =>
        ServiceBusMessages.Of(message, await claimCheck.StoreAsync(message, cancellationToken));
}
