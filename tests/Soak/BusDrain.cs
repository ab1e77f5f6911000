using Azure.Messaging.ServiceBus;
using JiraWebhooks.Subscriber;

namespace Soak;

/// <summary>Takes the messages from a subscription of the bus.</summary>
internal sealed class BusDrain : IDrain
{
    /// <summary>The bus: one topic that drops repeats, and one subscription.</summary>
    public const string Config = """
        {"UserConfig":{"Namespaces":[{"Name":"sbemulatorns","Topics":[{"Name":"jira-deliveries",
        "Properties":{"DefaultMessageTimeToLive":"PT1H","DuplicateDetectionHistoryTimeWindow":"PT5M","RequiresDuplicateDetection":true},
        "Subscriptions":[{"Name":"soak","Properties":{"DefaultMessageTimeToLive":"PT1H","LockDuration":"PT1M","MaxDeliveryCount":10,"RequiresSession":false}}]}]}]}}
        """;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    private readonly Balance _balance;
    private readonly ServiceBusClient _client;
    private readonly ServiceBusReceiver _receiver;

    public BusDrain(string connectionString, Balance balance)
    {
        _balance = balance;
        _client = new ServiceBusClient(connectionString);
        _receiver = _client.CreateReceiver("jira-deliveries", "soak");
    }

    public async Task<int> TakeAsync(CancellationToken cancellationToken)
    {
        var batch = await _receiver.ReceiveMessagesAsync(100, Wait, cancellationToken);
        foreach (var message in batch)
        {
            _balance.Add(message.MessageId, message.ApplicationProperties.ContainsKey(EventProperties.Recovered), message.Body);
            await _receiver.CompleteMessageAsync(message, cancellationToken);
        }

        return batch.Count;
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
