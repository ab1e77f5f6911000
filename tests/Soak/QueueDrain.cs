using Azure;
using Azure.Storage.Queues;
using JiraWebhooks.Subscriber;

namespace Soak;

/// <summary>Takes the messages from the queue.</summary>
internal sealed class QueueDrain(QueueClient queue, Balance balance) : IDrain
{
    // One call after the other would take fewer messages than LocalHost puts on the queue, and Azurite gets slower as the queue grows.
    private const int AtOnce = 4;

    private static readonly TimeSpan Hidden = TimeSpan.FromHours(6);

    public async Task<int> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var received = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => queue.ReceiveMessagesAsync(32, Hidden, cancellationToken)));
            var batch = received.SelectMany(messages => messages.Value).ToList();
            foreach (var message in batch)
            {
                var delivery = QueuedDelivery.Parse(message.Body);
                balance.Add(delivery.MessageId, delivery.Properties.ContainsKey(EventProperties.Recovered), delivery.Body);
            }

            await Parallel.ForEachAsync(
                batch,
                new ParallelOptions { MaxDegreeOfParallelism = 4 * AtOnce, CancellationToken = cancellationToken },
                async (message, token) => await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, token));
            return batch.Count;
        }
        catch (RequestFailedException notYet) when (notYet.Status == 404)
        {
            // The host has not made the queue yet.
            return 0;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
