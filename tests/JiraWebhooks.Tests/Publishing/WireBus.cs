using System.Text;
using Azure.Messaging.ServiceBus;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Publishing;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceBusSimulator;
using ServiceBusSimulator.Entities;

namespace JiraWebhooks.Tests.Publishing;

/// <summary>The product's publisher, as the container makes it, on the wire to a simulated bus; and a receiver in front of it.</summary>
internal sealed class WireBus : IAsyncDisposable
{
    private const string Config = """
        {"UserConfig":{"Namespaces":[{"Topics":[{"Name":"jira-deliveries","Properties":{"RequiresDuplicateDetection":true,"DuplicateDetectionHistoryTimeWindow":"PT5M"},
          "Subscriptions":[{"Name":"default"}]}]}]}}
        """;

    private readonly ServiceProvider _services;
    private readonly DeliveryReceiver _receiver;

    /// <param name="storage">Storage for large bodies.</param>
    /// <param name="budget">Time of a delivery; null for the product's ten seconds, which a busy machine may need for its own.</param>
    public WireBus(string storage, TimeSpan? budget = null)
    {
        Bus = SimulatedServiceBus.Start(EntityConfig.Parse(Config));
        _services = new ServiceCollection().AddLogging().AddJiraWebhooks(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PublicBaseUrl"] = "https://hooks.example.com",
            ["Publisher"] = "ServiceBus",
            ["ServiceBus"] = Bus.ConnectionString,
            ["AzureWebJobsStorage"] = storage,
            [Schedules.Refresh] = Schedules.Defaults[Schedules.Refresh],
            [Schedules.Poll] = Schedules.Defaults[Schedules.Poll],
        }).Build()).BuildServiceProvider();
        Publisher = _services.GetRequiredKeyedService<IDeliveryPublisher>(AzureClients.Receive);
        var options = _services.GetRequiredService<JiraWebhooksOptions>();
        var known = new KnownWebhooks((_, _) => Task.FromResult<IReadOnlyList<WebhookRow>>([]), TimeProvider.System, NullLogger<KnownWebhooks>.Instance);
        _receiver = new DeliveryReceiver(
            new StubSites(StubSites.Admin), Publisher, budget is { } time ? options with { DeliveryBudget = time } : options, TimeProvider.System,
            new DeliveryActivity(TimeProvider.System), known, NullLogger<DeliveryReceiver>.Instance);
    }

    public SimulatedServiceBus Bus { get; private set; }

    public IDeliveryPublisher Publisher { get; }

    public int OnTheBus => Bus.Status.Single().Active;

    /// <summary>Starts an empty bus where the one before was.</summary>
    public void StartBus() => Bus = SimulatedServiceBus.Start(EntityConfig.Parse(Config), new SimulatedServiceBusOptions { Port = Bus.Port });

    /// <summary>A delivery of Jira; returns the status of the answer.</summary>
    public async Task<int> DeliverAsync(string identifier, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.Path = $"/api/deliveries/{StubSites.Admin.Id}";
        context.Request.ContentType = "application/json";
        context.Request.Headers["X-Atlassian-Webhook-Identifier"] = identifier;
        context.Request.Headers["X-Hub-Signature"] = TestTokens.Hub(bytes);
        context.Request.Body = new MemoryStream(bytes);
        context.Response.Body = new MemoryStream();
        await _receiver.ReceiveAsync(context, StubSites.Admin.Id);
        return context.Response.StatusCode;
    }

    /// <summary>What is on the bus: body by identity.</summary>
    public async Task<ILookup<string, string>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var client = new ServiceBusClient(Bus.ConnectionString);
        await using var receiver = client.CreateReceiver("jira-deliveries", "default", new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
        var all = new List<ServiceBusReceivedMessage>();
        for (var left = OnTheBus; left > 0;)
        {
            var some = await receiver.ReceiveMessagesAsync(Math.Min(left, 200), cancellationToken: cancellationToken);
            all.AddRange(some);
            left -= some.Count;
        }

        return all.ToLookup(message => message.MessageId, message => message.Body.ToString(), StringComparer.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Bus.DisposeAsync();
    }
}
