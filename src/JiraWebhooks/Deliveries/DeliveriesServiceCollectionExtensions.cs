using JiraWebhooks.Health;
using JiraWebhooks.Hosting;
using JiraWebhooks.Recovery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Deliveries;

/// <summary>Registers the room.</summary>
public static class DeliveriesServiceCollectionExtensions
{
    /// <summary>Registers the receiver. It asks for the publisher of <see cref="AzureClients.Receive"/> and for the known webhooks.</summary>
    public static IServiceCollection AddDeliveries(this IServiceCollection services) =>
        services
            .AddSingleton(provider =>
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
            })
            .AddSingleton<DeliveryReceiver>()
            // ASP.NET Core's request log holds the query, and Connect may send its token as ?jwt= (rule 30).
            .AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning));
}
