using JiraWebhooks.Api;
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
    /// <summary>Registers everything except the Service Bus publisher, which a host adds itself.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="mistakesOfHost">Errors in settings that only the host reads, to be reported with the others.</param>
    /// <exception cref="SettingsException">A global setting is missing or invalid; the message lists all errors.</exception>
    public static IServiceCollection AddJiraWebhooks(
        this IServiceCollection services, IConfiguration configuration, Func<JiraWebhooksOptions, IEnumerable<string>>? mistakesOfHost = null)
    {
        var mistakes = new List<string>();
        var options = SettingsReader.Read(configuration, mistakes);
        mistakes.AddRange(StorageServiceCollectionExtensions.Mistakes(configuration));
        mistakes.AddRange(Schedules.Errors(configuration));
        mistakes.AddRange(mistakesOfHost?.Invoke(options) ?? []);
        if (mistakes.Count > 0) throw new SettingsException(mistakes);

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        return services
            .AddStorageClients(configuration)
            .AddSites(configuration, options)
            .AddOAuth(options)
            .AddJiraClient(options)
            .AddDeliveries()
            .AddPublishing(options)
            .AddRuns()
            .AddRecovery()
            .AddWebhooks()
            .AddHealth()
            .AddApi()
            .AddSingleton(DeliveryActivity);
    }

    // The receive path reports the result of each delivery, and does not know who listens.
    private static DeliveryActivity DeliveryActivity(IServiceProvider provider)
    {
        var (outages, late) = (provider.GetRequiredService<OutageRecorder>(), provider.GetRequiredService<LateDeliveryRecorder>());
        return new DeliveryActivity(provider.GetRequiredService<TimeProvider>())
        {
            Failed = outages.Failed,
            Late = late.Late,
            Succeeded = site =>
            {
                outages.Accepted(site);
                late.Accepted(site);
            },
        };
    }
}
