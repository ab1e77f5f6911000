using Azure.Core;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using JiraWebhooks.Hosting;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Publishing;

/// <summary>Registers the Service Bus publisher.</summary>
public static class ServiceBusServiceCollectionExtensions
{
    private const string Section = "ServiceBus";
    private const string DefaultEntity = "jira-deliveries";

    /// <summary>Publishes to the topic or queue <c>ServiceBus__EntityName</c> in the namespace <c>ServiceBus__fullyQualifiedNamespace</c>, with an
    /// identity. A connection string is accepted only for the emulator.</summary>
    /// <remarks><see cref="ServiceBusMistakes"/> reports invalid settings before this is called.</remarks>
    public static IServiceCollection AddServiceBusPublisher(this IServiceCollection services, IConfiguration configuration, JiraWebhooksOptions options)
    {
        var section = configuration.GetSection(Section);
        var emulator = section.Value is { Length: > 0 } connection ? connection : null;
        var host = section["fullyQualifiedNamespace"]?.Trim();

        services.AddAzureClients(clients =>
        {
            foreach (var name in new[] { AzureClients.Receive, AzureClients.Timers })
            {
                if (emulator is not null) clients.AddServiceBusClient(emulator).WithName(name).ConfigureOptions(retry => Patience(retry, name));
                else clients.AddServiceBusClientWithNamespace(host!).WithName(name).WithCredential(Credential(section)).ConfigureOptions(retry => Patience(retry, name));
            }
        });

        var entity = section["EntityName"]?.Trim() is { Length: > 0 } set ? set : DefaultEntity;
        foreach (var name in new[] { AzureClients.Receive, AzureClients.Timers })
        {
            services.AddKeyedSingleton<IDeliveryPublisher>(name, (provider, _) => new ServiceBusDeliveryPublisher(
                provider.GetRequiredService<IAzureClientFactory<ServiceBusClient>>().CreateClient(name).CreateSender(entity),
                provider.GetRequiredKeyedService<IClaimCheck>(name),
                options.ClaimCheckThreshold ?? ServiceBusDeliveryPublisher.DefaultThreshold));
        }

        return services;
    }

    /// <summary>The errors in the settings: the namespace is missing or not a host name, or there is a connection string of a real namespace. The SDK
    /// would report them only at the first delivery, and every delivery would fail.</summary>
    public static IEnumerable<string> ServiceBusMistakes(this IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        if (section.Value is { Length: > 0 } connection)
        {
            return connection.Split(';', StringSplitOptions.TrimEntries).Contains("UseDevelopmentEmulator=true", StringComparer.OrdinalIgnoreCase)
                ? []
                : ["ServiceBus must not hold a connection string, unless it is the emulator's (UseDevelopmentEmulator=true): set ServiceBus__fullyQualifiedNamespace and let the identity open it."];
        }

        if (section["fullyQualifiedNamespace"]?.Trim() is not { Length: > 0 } host) return ["ServiceBus__fullyQualifiedNamespace is missing: set it to NAME.servicebus.windows.net, or Publisher to StorageQueue."];

        return Uri.CheckHostName(host) is UriHostNameType.Dns ? [] : ["ServiceBus__fullyQualifiedNamespace must be the name of a host, NAME.servicebus.windows.net, without scheme and path."];
    }

    // A delivery has ten seconds in total; a run of a timer has minutes (docs/architecture.md#ten-second-budget).
    private static void Patience(ServiceBusClientOptions options, string name)
    {
        if (name != AzureClients.Receive) return;

        options.RetryOptions.TryTimeout = TimeSpan.FromSeconds(4);
        options.RetryOptions.MaxRetries = 1;
    }

    private static TokenCredential Credential(IConfigurationSection section) =>
        section["clientId"]?.Trim() is { Length: > 0 } clientId
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential();
}
