using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Publishing;

/// <summary>Publishes to an Azure Storage Queue, for a machine that has only Azurite. A queue has no duplicate detection, sessions or filters, but
/// the message text carries the same properties.</summary>
internal sealed class StorageQueueDeliveryPublisher(LazyQueueClient deliveries, IClaimCheck claimCheck, int threshold) : IDeliveryPublisher
{
    /// <summary>Body size in bytes above which a body goes to Blob Storage, unless the settings give another size.</summary>
    public const int DefaultThreshold = 32 * 1024;

    /// <summary>Maximum size of a queue message, in bytes
    /// (<see href="https://learn.microsoft.com/azure/storage/queues/scalability-targets"/>).</summary>
    private const int MaxMessageBytes = 64 * 1024;

    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    /// <inheritdoc/>
    public async Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        var text = await TextAsync(message, cancellationToken);
        await UseAsync(queue => queue.SendMessageAsync(BinaryData.FromBytes(text), timeToLive: Forever, cancellationToken: cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken)
    {
        // A queue accepts one message at a time. The order is kept.
        foreach (var message in messages) await PublishAsync(message, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken) => await UseAsync(queue => queue.GetPropertiesAsync(cancellationToken), cancellationToken);

    private async Task UseAsync(Func<QueueClient, Task> use, CancellationToken cancellationToken)
    {
        var queue = await deliveries.GetAsync(cancellationToken);
        try
        {
            await use(queue);
        }
        catch (RequestFailedException gone) when (gone.ErrorCode == QueueErrorCode.QueueNotFound || gone.ErrorCode == QueueErrorCode.QueueBeingDeleted)
        {
            deliveries.Forget();
            throw;
        }
    }

    private async Task<ReadOnlyMemory<byte>> TextAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        if (message.Body.Length <= threshold)
        {
            var text = QueueMessages.Write(message, null);
            if (text.Length <= MaxMessageBytes) return text;
        }

        return QueueMessages.Write(message, await claimCheck.StoreAsync(message, cancellationToken));
    }
}
