using Azure.Storage.Queues;
using JiraSimulator;
using JiraWebhooks.Publishing;

namespace LocalHost.Demo;

/// <summary>Empties the queue as a subscriber would, and sets what was in it against what Jira emitted.</summary>
internal static class QueueBalance
{
    private const int AtOnce = 32;

    public static async Task<DemoResult> DrainAsync(string storage, string queueName, SimulatedJira jira, TimeSpan took, CancellationToken cancellationToken)
    {
        var queue = new QueueClient(storage, queueName);
        var firstSeen = new Dictionary<string, bool>(StringComparer.Ordinal);
        var messages = 0;
        while (true)
        {
            var batch = (await queue.ReceiveMessagesAsync(AtOnce, TimeSpan.FromMinutes(5), cancellationToken)).Value;
            if (batch.Length == 0) break;

            foreach (var message in batch)
            {
                var delivery = QueuedDelivery.Parse(message.Body);
                messages++;
                firstSeen.TryAdd(delivery.MessageId, delivery.Properties.ContainsKey(MessageProperties.Recovered));
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
            }
        }

        var owed = jira.Ledger.Emitted.Select(emitted => DeliveryIdentity.MessageId(emitted.Site, emitted.Identifier)).ToHashSet(StringComparer.Ordinal);
        var delivered = firstSeen.Count(seen => !seen.Value && owed.Contains(seen.Key));
        var recovered = firstSeen.Count(seen => seen.Value && owed.Contains(seen.Key));
        return new DemoResult(
            jira.Ledger.Emitted.Count, delivered, recovered, messages - firstSeen.Count, jira.Ledger.Emitted.Count - delivered - recovered,
            jira.Sites.Sum(site => site.Extensions), Math.Round(took.TotalSeconds, 1));
    }
}
