using Azure;
using Azure.Storage.Queues;
using JiraWebhooks.Subscriber;

namespace Soak;

/// <summary>Takes the messages from the queue.</summary>
internal sealed class QueueDrain(QueueClient queue, Balance balance) : IDrain
{
    public async Task<int> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var batch = (await queue.ReceiveMessagesAsync(32, TimeSpan.FromHours(6), cancellationToken)).Value;
            foreach (var message in batch)
            {
                var delivery = QueuedDelivery.Parse(message.Body);
                balance.Add(delivery.MessageId, delivery.Properties.ContainsKey(EventProperties.Recovered), delivery.Body);
            }

            await Parallel.ForEachAsync(batch, cancellationToken, async (message, token) => await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, token));
            return batch.Length;
        }
        catch (RequestFailedException notYet) when (notYet.Status == 404)
        {
            // The host has not made the queue yet.
            return 0;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
