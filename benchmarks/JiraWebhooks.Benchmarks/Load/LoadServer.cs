using System.Net;
using Azure.Messaging.ServiceBus;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using JiraWebhooks.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Octokit.Webhooks;
using Octokit.Webhooks.AspNetCore;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>The measured process: one Kestrel with all endpoints, so that all use the same server.</summary>
internal static class LoadServer
{
    public const string BarePath = "/bare";
    public const string OctokitPath = "/octokit";

    private static readonly IReadOnlyList<WebhookRow> Created = [new("issues", Payloads.WebhookId, "")];

    /// <summary>Prints its port, then for each line of standard input the bytes that it has allocated, until standard input closes.</summary>
    /// <param name="bus">Empty, or the connection string of a bus to publish to and <c>warm</c> or <c>cold</c>.</param>
    public static async Task<int> RunAsync(string[] bus)
    {
        await using var client = bus.Length > 0 ? new ServiceBusClient(bus[0]) : null;
        var publisher = client is null ? (IDeliveryPublisher)new NoPublisher()
            : new ServiceBusDeliveryPublisher(() => client.CreateSender(BusRun.Topic), new NoClaimCheck(), int.MaxValue);
        if (bus is [_, "warm"]) await publisher.OpenAsync(CancellationToken.None);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton(TestSites.Options)
            .AddSingleton<ISiteStore>(new FixedSites())
            .AddKeyedSingleton(AzureClients.Receive, publisher)
            .AddSingleton<WebhookEventProcessor, NoProcessor>()
            .AddDeliveries()
            .AddSingleton(new DeliveryActivity(TimeProvider.System))
            .AddSingleton<IKnownWebhooks>(new KnownWebhooks((_, _) => Task.FromResult(Created), TimeProvider.System, NullLogger<KnownWebhooks>.Instance));

        var app = builder.Build();
        var receiver = app.Services.GetRequiredService<DeliveryReceiver>();
        app.MapPost(BarePath, ReadAndForgetAsync);
        app.MapPost("/api/" + DeliveryReceiver.Route, (HttpContext context, string site) => receiver.ReceiveAsync(context, site));
        app.MapGitHubWebhooks(OctokitPath, TestSites.Secret);
        await app.StartAsync();

        Console.WriteLine(new Uri(app.Urls.Single()).Port);
        while (await Console.In.ReadLineAsync() is not null) Console.WriteLine(GC.GetTotalAllocatedBytes());

        await app.StopAsync();
        return 0;
    }

    private static async Task ReadAndForgetAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync();
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }

        context.Response.ContentLength = 0;
    }

    private sealed class NoPublisher : IDeliveryPublisher
    {
        public Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class NoClaimCheck : IClaimCheck
    {
        public Task<Uri> StoreAsync(DeliveryMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class NoProcessor : WebhookEventProcessor;

    private sealed class FixedSites : ISiteStore
    {
        private readonly Dictionary<string, Site> _sites =
            Enum.GetValues<SiteScheme>().Select(TestSites.Make).ToDictionary(site => site.Id, StringComparer.Ordinal);

        public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) => new(_sites.GetValueOrDefault(siteId));

        public ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken) => new([.. _sites.Values]);
    }
}
