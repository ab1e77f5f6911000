using JiraWebhooks.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Webhooks;

/// <summary>Registers the room.</summary>
public static class SubscriptionsServiceCollectionExtensions
{
    /// <summary>Registers <see cref="WebhookRefresher"/> and what it needs.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services) => services
        .AddSingleton(provider => new WebhookTable(provider.GetRequiredKeyedService<LazyTable>(TableNames.Webhooks)))
        .AddSingleton(provider => new KnownWebhooks(
            provider.GetRequiredService<WebhookTable>().ListAsync,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<KnownWebhooks>>()))
        .AddSingleton<GapRecorder>()
        .AddSingleton<RefusalRecorder>()
        .AddSingleton<WebhookCreator>()
        .AddSingleton<WebhookRemover>()
        .AddSingleton<WebhookRegistrar>()
        .AddSingleton<SiteRefresher>()
        .AddSingleton<WebhookRefresher>();
}
