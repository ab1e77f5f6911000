using Azure.Messaging.ServiceBus;
using JiraWebhooks.Hosting;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Publishing;

/// <summary>Registers the clients of Service Bus (docs/architecture.md#service-bus-client).</summary>
internal static class ServiceBusServiceCollectionExtensions
{
    /// <summary>Category of the SDK's log entries.</summary>
    private const string SdkLog = "Azure.Messaging.ServiceBus";

    /// <summary>Registers a client for deliveries and a client for timers (<see cref="AzureClients"/>). They connect when they are first
    /// used.</summary>
    public static IServiceCollection AddServiceBusClients(this IServiceCollection services)
    {
        services.AddAzureClients(clients =>
        {
            foreach (var name in new[] { AzureClients.Receive, AzureClients.Timers })
            {
                clients.AddClient<ServiceBusClient, ServiceBusClientOptions>((options, provider) => provider.GetRequiredService<JiraWebhooksOptions>().ServiceBus!.Client(options))
                    .WithName(name).ConfigureOptions(options => Configure(options, name));
            }
        });

        // The SDK logs each failed try as an error with two stack traces, even if the next try succeeds. The receiver and the timers log each failure
        // once, with its cause.
        return services.AddLogging(logging => logging.AddFilter(SdkLog, LogLevel.None));
    }

    // A delivery has ten seconds in total; a run of a timer has minutes (docs/architecture.md#ten-second-budget).
    private static void Configure(ServiceBusClientOptions options, string name)
    {
        // A connection that is silent for so long is closed. With the SDK's 60 s, one minute of deliveries would get 503.
        options.ConnectionIdleTimeout = TimeSpan.FromSeconds(20);
        if (name != AzureClients.Receive) return;

        options.RetryOptions.Mode = ServiceBusRetryMode.Fixed;
        options.RetryOptions.Delay = TimeSpan.FromMilliseconds(200);
        options.RetryOptions.TryTimeout = TimeSpan.FromSeconds(4);
        options.RetryOptions.MaxRetries = 1;
    }
}
