using System.Globalization;
using System.Text.Json;
using Azure.Storage.Queues;
using JiraSimulator;
using JiraWebhooks.Publishing;
using JiraWebhooks.Subscriber;

namespace LocalHost.Demo;

/// <summary>Empties the queue as a subscriber would, and compares its messages with the events that Jira emitted.</summary>
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
                firstSeen.TryAdd(delivery.MessageId, delivery.Properties.ContainsKey(EventProperties.Recovered));
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
            }
        }

        var searched = Searched(firstSeen.Keys);
        var (delivered, recovered) = (0, 0);
        foreach (var emitted in jira.Ledger.Emitted)
        {
            if (firstSeen.TryGetValue(DeliveryIdentity.MessageId(emitted.Site, emitted.Identifier), out var fromTheList)) _ = fromTheList ? recovered++ : delivered++;
            else if (IsIn(searched, emitted)) recovered++;
        }

        return new DemoResult(
            jira.Ledger.Emitted.Count, delivered, recovered, messages - firstSeen.Count, jira.Ledger.Emitted.Count - delivered - recovered,
            jira.Sites.Sum(site => site.Extensions), Math.Round(took.TotalSeconds, 1));
    }

    // The newest state of each issue that a search found: {site}:search:{issue id}:{ms}.
    private static Dictionary<string, long> Searched(IEnumerable<string> messageIds)
    {
        var newest = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var parts in messageIds.Select(id => id.Split(':')).Where(parts => parts is [_, "search", _, _]))
        {
            var (issue, at) = ($"{parts[0]}:{parts[2]}", long.Parse(parts[3], CultureInfo.InvariantCulture));
            newest[issue] = Math.Max(at, newest.GetValueOrDefault(issue));
        }

        return newest;
    }

    // A state of the issue at the event's time or later contains the change.
    private static bool IsIn(Dictionary<string, long> searched, EmittedEvent emitted)
    {
        using var body = JsonDocument.Parse(emitted.Body);
        var issue = body.RootElement.TryGetProperty("issue", out var found) ? found.GetProperty("id").GetString() : null;
        return searched.TryGetValue($"{emitted.Site}:{issue}", out var at) && at >= emitted.At.ToUnixTimeMilliseconds();
    }
}
