using JiraWebhooks.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Recovery;

/// <summary>Registers the room.</summary>
public static class FailedDeliveriesServiceCollectionExtensions
{
    /// <summary>Registers <see cref="FailedDeliveryPoller"/> and what it needs.</summary>
    public static IServiceCollection AddFailedDeliveries(this IServiceCollection services) => services
        .AddSingleton(provider => new CursorTable(provider.GetRequiredKeyedService<LazyTable>(TableNames.Cursors)))
        .AddSingleton(provider => new SweepTable(provider.GetRequiredKeyedService<LazyTable>(TableNames.Cursors)))
        .AddSingleton(provider => new OutageTable(provider.GetRequiredKeyedService<LazyTable>(TableNames.Cursors)))
        .AddSingleton<OutageRecorder>()
        .AddSingleton<SitePoller>()
        .AddSingleton<SiteSweeper>()
        .AddSingleton<ISiteRecovery>(provider => provider.GetRequiredService<SitePoller>())
        .AddSingleton<ISiteRecovery>(provider => provider.GetRequiredService<SiteSweeper>())
        .AddSingleton<FailedDeliveryPoller>();
}
