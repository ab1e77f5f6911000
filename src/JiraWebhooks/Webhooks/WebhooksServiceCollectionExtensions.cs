using JiraWebhooks.Deliveries;
using JiraWebhooks.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Webhooks;

/// <summary>Registers the refresh of webhooks.</summary>
internal static class WebhooksServiceCollectionExtensions
{
    /// <summary>Registers <see cref="WebhookRefresher"/> and what it needs.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton(provider => new WebhookTable(provider.GetRequiredKeyedService<LazyTable>(TableNames.Webhooks)))
        .AddSingleton(provider => new KnownWebhooks(
            provider.GetRequiredService<WebhookTable>().ListAsync,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<KnownWebhooks>>()))
        .AddSingleton<IKnownWebhooks>(provider => provider.GetRequiredService<KnownWebhooks>())
        .AddSingleton<GapRecorder>()
        .AddSingleton<RefusalRecorder>()
        .AddSingleton<WebhookCreator>()
        .AddSingleton<WebhookRemover>()
        .AddSingleton<WebhookRegistrar>()
        .AddSingleton<SitePlanner>()
        .AddSingleton<SiteRefresher>()
        .AddSingleton<WebhookRefresher>();
}
