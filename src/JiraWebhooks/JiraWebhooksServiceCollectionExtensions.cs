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

/// <summary>The one call with which both hosts start.</summary>
public static class JiraWebhooksServiceCollectionExtensions
{
    /// <summary>Registers the whole behaviour. The Service Bus publisher is the one thing a host adds itself.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="mistakesOfHost">What is wrong with the settings that the host alone reads, to be told with the others.</param>
    /// <exception cref="SettingsException">A global setting is missing or wrong; the message names them all.</exception>
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

    // The receive path tells others what became of a delivery, and knows none of them.
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
