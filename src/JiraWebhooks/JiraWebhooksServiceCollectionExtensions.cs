using JiraWebhooks.Deliveries;
using JiraWebhooks.Diagnostics;
using JiraWebhooks.FailedDeliveries;
using JiraWebhooks.Jira;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Subscriptions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace JiraWebhooks;

/// <summary>The one call with which both hosts start.</summary>
public static class JiraWebhooksServiceCollectionExtensions
{
    /// <summary>Registers the whole behaviour. The Service Bus publisher is the one thing a host adds itself.</summary>
    /// <exception cref="SettingsException">A global setting is missing or wrong; the message names them all.</exception>
    public static IServiceCollection AddJiraWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        var options = SettingsReader.Read(configuration);

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        return services
            .AddStorageClients(configuration)
            .AddSites(configuration, options)
            .AddJiraClient(options)
            .AddDeliveries()
            .AddPublishing(options)
            .AddSubscriptions()
            .AddFailedDeliveries()
            .AddDiagnostics();
    }
}
