using JiraWebhooks.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Deliveries;

/// <summary>Registers the receive path.</summary>
internal static class DeliveriesServiceCollectionExtensions
{
    /// <summary>Registers the receiver. It needs the publisher of <see cref="AzureClients.Receive"/>, an <see cref="IKnownWebhooks"/> and a
    /// <see cref="DeliveryActivity"/>.</summary>
    public static IServiceCollection AddDeliveries(this IServiceCollection services) =>
        services
            .AddSingleton<DeliveryReceiver>()
            // The request log of ASP.NET Core contains the query, and Connect may send its token there as ?jwt= (docs/jira-behaviour.md#secrecy). Its log
            // of endpoints has two entries per delivery, which also go to the telemetry.
            .AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning));
}
