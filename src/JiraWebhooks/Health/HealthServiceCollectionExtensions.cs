using JiraWebhooks.Runs;
using JiraWebhooks.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Health;

/// <summary>Registers Health.</summary>
internal static class HealthServiceCollectionExtensions
{
    /// <summary>Registers the site states, Health and the warnings at the start.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services) => services
        .AddSingleton(provider => new SiteStatusTable(
            provider.GetRequiredKeyedService<LazyTable>(TableNames.Status),
            provider.GetRequiredService<StorageTime>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SiteStatusTable>>()))
        .AddSingleton<LateDeliveryRecorder>()
        .AddSingleton<SiteGauges>()
        .AddSingleton<IRunReport, RunReport>()
        .AddSingleton<IHealthReporter, HealthReporter>()
        .AddHostedService<LastDeliveryRecorder>()
        .AddHostedService<ConnectNotice>()
        .AddHostedService<SiteProblems>();
}
