using Azure.Messaging.ServiceBus;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using JiraWebhooks.Hosting;
using JiraWebhooks.Storage;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Publishing;

/// <summary>Registers the publishers and the claim check.</summary>
internal static class PublishingServiceCollectionExtensions
{
    /// <summary>Registers the claim check and the publisher of the settings; each once for the receive path and once for the timers
    /// (<see cref="AzureClients"/>).</summary>
    public static IServiceCollection AddPublishing(this IServiceCollection services)
    {
        services.AddServiceBusClients();
        foreach (var name in new[] { AzureClients.Receive, AzureClients.Timers })
        {
            services.AddKeyedSingleton<IClaimCheck>(name, (provider, _) =>
                new ClaimCheck(new LazyContainer(Client<BlobServiceClient>(provider, name), Options(provider).ClaimCheckContainer)));
            services.AddKeyedSingleton(name, (provider, _) => Publisher(provider, name));
        }

        return services.AddSingleton<PublisherLiveness>().AddHostedService<PublisherWarmUp>();
    }

    private static IDeliveryPublisher Publisher(IServiceProvider provider, string name)
    {
        var options = Options(provider);
        var claimCheck = provider.GetRequiredKeyedService<IClaimCheck>(name);
        return options.Publisher switch
        {
            PublisherKind.StorageQueue => new StorageQueueDeliveryPublisher(
                new LazyQueueClient(Client<QueueServiceClient>(provider, name), options.QueueName),
                claimCheck,
                options.ClaimCheckThreshold ?? StorageQueueDeliveryPublisher.DefaultThreshold),
            _ => new ServiceBusDeliveryPublisher(
                () => Client<ServiceBusClient>(provider, name).CreateSender(options.ServiceBus!.EntityName),
                claimCheck,
                options.ClaimCheckThreshold ?? ServiceBusDeliveryPublisher.DefaultThreshold),
        };
    }

    private static JiraWebhooksOptions Options(IServiceProvider provider) => provider.GetRequiredService<JiraWebhooksOptions>();

    private static TClient Client<TClient>(IServiceProvider provider, string name) =>
        provider.GetRequiredService<IAzureClientFactory<TClient>>().CreateClient(name);
}
