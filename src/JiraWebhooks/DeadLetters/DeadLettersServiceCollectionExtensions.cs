using Azure.Messaging.ServiceBus;
using Azure.Storage.Blobs;
using JiraWebhooks.Hosting;
using JiraWebhooks.Publishing;
using JiraWebhooks.Storage;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.DeadLetters;

/// <summary>Registers what reads the subscriptions.</summary>
internal static class DeadLettersServiceCollectionExtensions
{
    /// <summary>Registers <see cref="SubscriptionMonitor"/> and <see cref="SubscriptionGauges"/>.</summary>
    public static IServiceCollection AddDeadLetters(this IServiceCollection services) => services
        .AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<JiraWebhooksOptions>();
            var blobs = provider.GetRequiredService<IAzureClientFactory<BlobServiceClient>>().CreateClient(AzureClients.Timers);
            return new SubscriptionMonitor(
                provider.GetRequiredService<IAzureClientFactory<ServiceBusClient>>(),
                new ClaimedBodies(new LazyContainer(blobs, options.ClaimCheckContainer)),
                options,
                provider.GetRequiredService<TimeProvider>());
        })
        .AddSingleton(provider => new DeadLetterTable(provider.GetRequiredKeyedService<LazyTable>(TableNames.Status)))
        .AddSingleton(provider => new SubscriptionGauges(
            provider.GetRequiredService<SubscriptionMonitor>(),
            provider.GetRequiredService<DeadLetterTable>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SubscriptionGauges>>()));
}
