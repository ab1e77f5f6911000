using System.Runtime.ExceptionServices;
using Azure.Messaging.ServiceBus;

namespace JiraWebhooks.Publishing;

/// <summary>Publishes to a Service Bus topic or queue. It returns when the bus has accepted everything. Otherwise it throws
/// <see cref="PublishFailedException"/> for an error that must be fixed, or <see cref="ServiceBusException"/> for a temporary one. Duplicate
/// detection makes a repeat harmless.</summary>
/// <param name="newSender">Makes a sender of the topic or queue.</param>
/// <param name="claimCheck">Stores bodies that are too large.</param>
/// <param name="threshold">Body size in bytes above which the claim check is used without asking the bus.</param>
internal sealed class ServiceBusDeliveryPublisher(Func<ServiceBusSender> newSender, IClaimCheck claimCheck, int threshold) : IDeliveryPublisher
{
    /// <summary>For the Standard tier, where a message holds 256 KB including all its properties
    /// (<see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas"/>).</summary>
    public const int DefaultThreshold = 192 * 1024;

    private readonly ServiceBusSender _sender = newSender();
    private volatile bool _isOpened;

    /// <inheritdoc/>
    public async Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(await PrepareAsync(message, cancellationToken), cancellationToken);
            _isOpened = true;
        }
        catch (ServiceBusException refused) when (IsPermanent(refused))
        {
            throw Permanent(refused);
        }
    }

    /// <inheritdoc/>
    public async Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(messages, cancellationToken);
            _isOpened = true;
        }
        catch (ServiceBusException refused) when (IsPermanent(refused))
        {
            throw Permanent(refused);
        }
    }

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!_isOpened)
        {
            await OpenLinkAsync(_sender, cancellationToken);
            _isOpened = true;
            return;
        }

        // The SDK keeps the maximum size of a link for good, so only a new sender asks the bus.
        await using var probe = newSender();
        await OpenLinkAsync(probe, cancellationToken);
    }

    // A batch needs the link's maximum size, so the SDK opens connection, token and link. Nothing is sent.
    private static async Task OpenLinkAsync(ServiceBusSender sender, CancellationToken cancellationToken)
    {
        using var batch = await sender.CreateMessageBatchAsync(cancellationToken);
    }

    private async Task SendAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken)
    {
        var next = 0;
        Outgoing? left = null;
        while (next < messages.Count)
        {
            using var batch = await _sender.CreateMessageBatchAsync(cancellationToken);
            var batched = new List<Outgoing>();
            while (next < messages.Count)
            {
                var outgoing = left ?? await PrepareAsync(messages[next], cancellationToken);
                left = null;
                if (!batch.TryAddMessage(outgoing.Message))
                {
                    if (batched.Count > 0)
                    {
                        left = outgoing;
                        break;
                    }

                    // Too large even as the only message of a batch.
                    outgoing = await ClaimAsync(outgoing, cancellationToken);
                    if (!batch.TryAddMessage(outgoing.Message)) throw TooLarge();
                }

                batched.Add(outgoing);
                next++;
            }

            await SendAsync(batch, batched, cancellationToken);
        }
    }

    private async Task SendAsync(ServiceBusMessageBatch batch, List<Outgoing> batched, CancellationToken cancellationToken)
    {
        try
        {
            await _sender.SendMessagesAsync(batch, cancellationToken);
        }
        catch (Exception refused) when (IsRefusal(refused))
        {
            await SendOneByOneAsync(batched, cancellationToken);
        }
    }

    // The bus accepts or rejects a batch as a whole: the SDK calculates its size differently, and a partitioned entity takes no batch of several
    // sessions. A poll that failed here would fail on the same page forever. A message that the bus rejects must not keep the others from it.
    private async Task SendOneByOneAsync(List<Outgoing> batched, CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo? first = null;
        foreach (var outgoing in batched)
        {
            try
            {
                await SendAsync(outgoing, cancellationToken);
            }
            catch (Exception refused) when (IsRefusal(refused))
            {
                first ??= ExceptionDispatchInfo.Capture(refused);
            }
        }

        first?.Throw();
    }

    // What the SDK throws if the bus has answered that it does not accept this (amqp:not-allowed, com.microsoft:argument-error and the like).
    private static bool IsRefusal(Exception error) =>
        error is ServiceBusException { IsTransient: false } or InvalidOperationException or ArgumentException or NotSupportedException;

    private async Task SendAsync(Outgoing outgoing, CancellationToken cancellationToken)
    {
        try
        {
            await _sender.SendMessageAsync(outgoing.Message, cancellationToken);
        }
        catch (ServiceBusException tooLarge) when (tooLarge.Reason is ServiceBusFailureReason.MessageSizeExceeded && !outgoing.Claimed)
        {
            // The bus counts the properties too, so its answer wins over our threshold.
            outgoing = await ClaimAsync(outgoing, cancellationToken);
            await _sender.SendMessageAsync(outgoing.Message, cancellationToken);
        }
    }

    private async Task<Outgoing> PrepareAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        var whole = new Outgoing(message, ServiceBusMessages.Of(message, null), Claimed: false);
        return message.Body.Length <= threshold ? whole : await ClaimAsync(whole, cancellationToken);
    }

    private async Task<Outgoing> ClaimAsync(Outgoing outgoing, CancellationToken cancellationToken) => outgoing.Claimed
        ? throw TooLarge()
        : outgoing with { Message = ServiceBusMessages.Of(outgoing.Delivery, await claimCheck.StoreAsync(outgoing.Delivery, cancellationToken)), Claimed = true };

    private static bool IsPermanent(ServiceBusException refused) => refused.Reason is ServiceBusFailureReason.MessagingEntityNotFound
        or ServiceBusFailureReason.MessagingEntityDisabled
        or ServiceBusFailureReason.QuotaExceeded
        or ServiceBusFailureReason.MessageSizeExceeded;

    private static PublishFailedException Permanent(ServiceBusException refused) =>
        new($"Service Bus rejects messages ({refused.Reason}); retrying will not help.", refused);

    private static ServiceBusException TooLarge() =>
        new("A message without its body is too large for the bus.", ServiceBusFailureReason.MessageSizeExceeded);

    /// <summary>A delivery to send. It is claim-checked at most once.</summary>
    private readonly record struct Outgoing(DeliveryMessage Delivery, ServiceBusMessage Message, bool Claimed);
}
