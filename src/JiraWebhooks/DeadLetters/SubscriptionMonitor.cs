using Azure.Messaging.ServiceBus;
using JiraWebhooks.Hosting;
using JiraWebhooks.Publishing;
using Microsoft.Extensions.Azure;

namespace JiraWebhooks.DeadLetters;

/// <summary>Reads the subscriptions of the topic: their dead letters and the age of their messages.</summary>
public sealed class SubscriptionMonitor
{
    /// <summary>How many messages of a subscription are peeked at most.</summary>
    public const int MostPeeked = 250;

    private readonly IAzureClientFactory<ServiceBusClient> _clients;
    private readonly ClaimedBodies _bodies;
    private readonly JiraWebhooksOptions _options;
    private readonly TimeProvider _clock;

    internal SubscriptionMonitor(IAzureClientFactory<ServiceBusClient> clients, ClaimedBodies bodies, JiraWebhooksOptions options, TimeProvider clock) =>
        (_clients, _bodies, _options, _clock) = (clients, bodies, options, clock);

    /// <summary>The subscriptions of the settings; empty if deliveries go to a Storage Queue.</summary>
    public IReadOnlyList<string> Subscriptions => _options.Publisher is PublisherKind.ServiceBus ? _options.ServiceBus!.Subscriptions : [];

    /// <summary>Namespace and name of the topic.</summary>
    internal string TopicAddress => $"{Client.FullyQualifiedNamespace}/{Topic}";

    private ServiceBusClient Client => _clients.CreateClient(AzureClients.Timers);

    private string Topic => _options.ServiceBus!.EntityName;

    /// <summary>Returns dead letters from a number on, without a change.</summary>
    public async Task<DeadLetterPage> PeekAsync(string subscription, long from, int max, CancellationToken cancellationToken)
    {
        await using var letters = Letters(subscription);
        var now = _clock.GetUtcNow();
        var found = await PeekAsync(letters, from, max, cancellationToken);
        return new DeadLetterPage([.. found.Select(letter => DeadLetterMessages.Describe(letter, now))], found.Count < max ? null : found[^1].SequenceNumber + 1);
    }

    /// <summary>Sends the letters that match to their subscription again, or only removes them.</summary>
    public async Task<DeadLetterResult> RunAsync(string subscription, DeadLetterFilter filter, bool redrive, CancellationToken cancellationToken)
    {
        await using var letters = Letters(subscription);
        await using var target = redrive ? Client.CreateSender(Topic) : null;
        return await new DeadLetterRun(letters, target, _bodies, subscription, filter, _clock, DeadLetterRun.MostHeld).RunAsync(cancellationToken);
    }

    /// <summary>Returns the state of a subscription.</summary>
    internal async Task<SubscriptionState> StateAsync(string subscription, CancellationToken cancellationToken)
    {
        await using var messages = Client.CreateReceiver(Topic, subscription);
        await using var letters = Letters(subscription);
        var oldest = await messages.PeekMessageAsync(0, cancellationToken);
        var dead = await PeekAsync(letters, 0, MostPeeked, cancellationToken);
        return new SubscriptionState(oldest is null ? null : _clock.GetUtcNow() - oldest.EnqueuedTime, dead.Count);
    }

    /// <summary>Returns how many dead letters have a higher number, at most <see cref="MostPeeked"/>, and the highest of their numbers.</summary>
    internal async Task<(int Count, long Last)> DeadAfterAsync(string subscription, long number, CancellationToken cancellationToken)
    {
        await using var letters = Letters(subscription);
        var dead = await PeekAsync(letters, number + 1, MostPeeked, cancellationToken);
        return (dead.Count, dead.Count == 0 ? number : dead[^1].SequenceNumber);
    }

    private ServiceBusReceiver Letters(string subscription) => Client.CreateReceiver(Topic, subscription, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });

    private static async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekAsync(ServiceBusReceiver receiver, long from, int max, CancellationToken cancellationToken)
    {
        var all = new List<ServiceBusReceivedMessage>();
        while (all.Count < max)
        {
            // The service answers with fewer than asked for when they are large.
            var some = await receiver.PeekMessagesAsync(max - all.Count, all.Count == 0 ? from : all[^1].SequenceNumber + 1, cancellationToken);
            if (some.Count == 0) break;
            all.AddRange(some);
        }

        return all;
    }
}

/// <summary>State of a subscription.</summary>
/// <param name="OldestAge">Age of its oldest message; null if it has none.</param>
/// <param name="Dead">Dead letters, at most <see cref="SubscriptionMonitor.MostPeeked"/>.</param>
internal sealed record SubscriptionState(TimeSpan? OldestAge, int Dead);
