using System.Security.Cryptography;
using Azure.Storage.Queues;
using JiraSimulator;
using JiraWebhooks.Subscriber;

namespace Soak;

/// <summary>What is on the queue, compared with what Jira emitted.</summary>
internal sealed class Balance
{
    private readonly Dictionary<string, HashSet<string>> _bodies = new(StringComparer.Ordinal);

    /// <summary>Messages of the queue.</summary>
    public int Messages { get; private set; }

    /// <summary>Those that came from Jira's failed list.</summary>
    public int Recovered { get; private set; }

    /// <summary>Messages that repeat an earlier one. Service Bus drops them.</summary>
    public int Repeats => Messages - _bodies.Count;

    /// <summary>MessageIds with more than one body.</summary>
    public int WithTwoBodies => _bodies.Count(message => message.Value.Count > 1);

    public bool Has(EmittedEvent emitted) => _bodies.ContainsKey(IdOf(emitted));

    public bool HasBody(EmittedEvent emitted) => _bodies[IdOf(emitted)].Contains(Hash(emitted.Body.Span));

    /// <summary>Empties the queue.</summary>
    public async Task DrainAsync(QueueClient queue, CancellationToken cancellationToken)
    {
        while ((await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(10), cancellationToken)).Value is { Length: > 0 } batch)
        {
            foreach (var message in batch)
            {
                var delivery = QueuedDelivery.Parse(message.Body);
                Messages++;
                if (!_bodies.TryGetValue(delivery.MessageId, out var bodies))
                {
                    _bodies[delivery.MessageId] = bodies = [];
                    if (delivery.Properties.ContainsKey(EventProperties.Recovered)) Recovered++;
                }

                bodies.Add(Hash(delivery.Body.ToArray()));
            }

            await Parallel.ForEachAsync(batch, cancellationToken, async (message, token) => await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, token));
        }
    }

    private static string IdOf(EmittedEvent emitted) => $"{emitted.Site}:{emitted.Identifier}";

    private static string Hash(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));
}
