using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using JiraWebhooks.Hosting;
using JiraWebhooks.Storage;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Publishing;

/// <summary>Registers the publishers and the claim check.</summary>
public static class PublishingServiceCollectionExtensions
{
    /// <summary>Registers the claim check and, if configured, the Storage Queue publisher; each once for the receive path and
    /// once for the timers (<see cref="AzureClients"/>). The host adds a Service Bus publisher.</summary>
    public static IServiceCollection AddPublishing(this IServiceCollection services, JiraWebhooksOptions options)
    {
        foreach (var name in new[] { AzureClients.Receive, AzureClients.Timers })
        {
            services.AddKeyedSingleton<IClaimCheck>(name, (provider, _) =>
                new ClaimCheck(new LazyContainer(Client<BlobServiceClient>(provider, name), options.ClaimCheckContainer)));
            if (options.Publisher is not PublisherKind.StorageQueue) continue;

            services.AddKeyedSingleton<IDeliveryPublisher>(name, (provider, _) => new StorageQueueDeliveryPublisher(
                new LazyQueueClient(Client<QueueServiceClient>(provider, name), options.QueueName),
                provider.GetRequiredKeyedService<IClaimCheck>(name),
                options.ClaimCheckThreshold ?? StorageQueueDeliveryPublisher.DefaultThreshold));
        }

        return services;
    }

    private static TClient Client<TClient>(IServiceProvider provider, string name) =>
        provider.GetRequiredService<IAzureClientFactory<TClient>>().CreateClient(name);
}
