using Azure.Messaging.ServiceBus;
using ServiceBusSimulator.Entities;

namespace ServiceBusSimulator.Tests;

/// <summary>A bus with a queue and a topic, and the SDK's client for it.</summary>
internal sealed class Bus : IAsyncDisposable
{
    public const string Queue = "queue";
    public const string SessionQueue = "sessions";
    public const string Topic = "topic";

    private const string Config = """
        {
          "UserConfig": {
            "Namespaces": [{
              "Queues": [
                { "Name": "queue", "Properties": { "MaxDeliveryCount": 3, "RequiresDuplicateDetection": true, "DuplicateDetectionHistoryTimeWindow": "PT5M" } },
                { "Name": "sessions", "Properties": { "RequiresSession": true } },
                { "Name": "short", "Properties": { "DefaultMessageTimeToLive": "PT1M", "DeadLetteringOnMessageExpiration": true } }
              ],
              "Topics": [{
                "Name": "topic",
                "Subscriptions": [
                  { "Name": "all" },
                  { "Name": "acme", "Rules": [{ "Name": "f", "Properties": { "FilterType": "Sql", "SqlFilter": { "SqlExpression": "site = 'acme'" } } }] },
                  { "Name": "by-issue", "Properties": { "RequiresSession": true } }
                ]
              }]
            }]
          }
        }
        """;

    public Bus(SimulatedServiceBusOptions? options = null, ServiceBusClientOptions? client = null)
    {
        Simulated = SimulatedServiceBus.Start(EntityConfig.Parse(Config), options);
        Client = new ServiceBusClient(Simulated.ConnectionString,
            client ?? new ServiceBusClientOptions { RetryOptions = { MaxRetries = 0, TryTimeout = TimeSpan.FromSeconds(30) } });
    }

    public SimulatedServiceBus Simulated { get; }

    public ServiceBusClient Client { get; }

    public QueueStatus Status(string path) => Simulated.Status.Single(queue => queue.Path == path);

    public async Task SendAsync(string entity, params ServiceBusMessage[] messages)
    {
        await using var sender = Client.CreateSender(entity);
        foreach (var message in messages) await sender.SendMessageAsync(message, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Simulated.DisposeAsync();
    }
}
