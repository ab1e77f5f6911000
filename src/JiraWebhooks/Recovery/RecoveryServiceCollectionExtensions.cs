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
        .AddSingleton(provider => new CursorTable(Cursors(provider), Time(provider)))
        .AddSingleton(provider => new SearchTable(Cursors(provider), Time(provider)))
        .AddSingleton(provider => new OutageTable(Cursors(provider), Time(provider)))
        .AddSingleton<OutageRecorder>()
        .AddSingleton<SitePoller>()
        .AddSingleton<SiteSearcher>()
        .AddSingleton(provider => new FailedDeliveryPoller(
            provider.GetRequiredService<SiteRuns>(),
            provider.GetRequiredService<SitePoller>(),
            provider.GetRequiredService<SiteSearcher>(),
            provider.GetRequiredService<ILogger<FailedDeliveryPoller>>()));

    private static LazyTable Cursors(IServiceProvider provider) => provider.GetRequiredKeyedService<LazyTable>(TableNames.Cursors);

    private static StorageTime Time(IServiceProvider provider) => provider.GetRequiredService<StorageTime>();
}
