using JiraWebhooks.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Health;

/// <summary>Registers the room.</summary>
public static class DiagnosticsServiceCollectionExtensions
{
    /// <summary>Registers the site states, Health and what is said at the start.</summary>
    public static IServiceCollection AddDiagnostics(this IServiceCollection services) => services
        .AddSingleton(provider => new SiteStatusTable(
            provider.GetRequiredKeyedService<LazyTable>(TableNames.Status),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SiteStatusTable>>()))
        .AddSingleton<LateDeliveryRecorder>()
        .AddSingleton<SiteGauges>()
        .AddSingleton<IHealthReporter, HealthReporter>()
        .AddHostedService<ConnectNotice>();
}
