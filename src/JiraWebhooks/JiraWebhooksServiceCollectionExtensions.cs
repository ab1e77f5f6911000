using JiraWebhooks.Api;
using JiraWebhooks.DeadLetters;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Health;
using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.OAuth;
using JiraWebhooks.Publishing;
using JiraWebhooks.Recovery;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace JiraWebhooks;

/// <summary>The registration that both hosts call.</summary>
public static class JiraWebhooksServiceCollectionExtensions
{
    /// <summary>Registers everything. The start of the host throws <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> if a global
    /// setting is missing or invalid, with every error.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="errorsOfHost">Errors in settings that only the host reads, to be reported with the others.</param>
    public static IServiceCollection AddJiraWebhooks(
        this IServiceCollection services, IConfiguration configuration, Func<IEnumerable<string>>? errorsOfHost = null)
    {
#pragma warning disable RS0030 // The one place that chooses the clock.
        services.TryAddSingleton(TimeProvider.System);
#pragma warning restore RS0030
        return services
            .AddSettings(configuration, errorsOfHost)
            .AddStorageClients()
            .AddSites(configuration)
            .AddOAuth()
            .AddJiraClient()
            .AddDeliveries()
            .AddPublishing()
            .AddRuns()
            .AddRecovery()
            .AddWebhooks()
            .AddHealth()
            .AddDeadLetters()
            .AddApi()
            .AddSingleton(DeliveryActivity);
    }

    // The receive path reports the result of each delivery, and does not know who listens.
    private static DeliveryActivity DeliveryActivity(IServiceProvider provider)
    {
        var (outages, late) = (provider.GetRequiredService<OutageRecorder>(), provider.GetRequiredService<LateDeliveryRecorder>());
        var liveness = provider.GetRequiredService<PublisherLiveness>();
        return new DeliveryActivity(provider.GetRequiredService<TimeProvider>())
        {
            Failed = outages.Failed,
            Late = late.Late,
            Succeeded = site =>
            {
                outages.Accepted(site);
                late.Accepted(site);
                liveness.Worked();
            },
        };
    }
}
