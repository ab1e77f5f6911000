using JiraWebhooks.Runs;
using JiraWebhooks.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Recovery;

/// <summary>Registers the recovery.</summary>
internal static class RecoveryServiceCollectionExtensions
{
    /// <summary>Registers <see cref="FailedDeliveryPoller"/> and what it needs.</summary>
    public static IServiceCollection AddRecovery(this IServiceCollection services) => services
        .AddSingleton(provider => new CursorTable(provider.GetRequiredKeyedService<LazyTable>(TableNames.Cursors)))
        .AddSingleton(provider => new SearchTable(provider.GetRequiredKeyedService<LazyTable>(TableNames.Cursors), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new OutageTable(provider.GetRequiredKeyedService<LazyTable>(TableNames.Cursors)))
        .AddSingleton<OutageRecorder>()
        .AddSingleton<SitePoller>()
        .AddSingleton<SiteSearcher>()
        .AddSingleton(provider => new FailedDeliveryPoller(
            provider.GetRequiredService<SiteRuns>(),
            provider.GetRequiredService<SitePoller>(),
            provider.GetRequiredService<SiteSearcher>(),
            provider.GetRequiredService<ILogger<FailedDeliveryPoller>>()));
}
