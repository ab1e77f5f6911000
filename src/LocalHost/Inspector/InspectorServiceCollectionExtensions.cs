using JiraWebhooks.Hosting;
using JiraWebhooks.Publishing;

namespace LocalHost.Inspector;

/// <summary>Registers the inspector.</summary>
internal static class InspectorServiceCollectionExtensions
{
    /// <summary>Registers the inspector, and puts its observer in front of the publishers that are registered.</summary>
    public static IServiceCollection AddInspector(this IServiceCollection services, Uri baseUrl)
    {
        foreach (var name in new[] { AzureClients.Receive, AzureClients.Timers })
        {
            var publisher = services.Last(service => service.ServiceType == typeof(IDeliveryPublisher) && Equals(service.ServiceKey, name)).KeyedImplementationFactory!;
            services.AddKeyedSingleton<IDeliveryPublisher>(name, (provider, key) => new ObservedPublisher(
                (IDeliveryPublisher)publisher(provider, key), provider.GetRequiredService<DeliveryCapture>(), provider.GetRequiredService<TimeProvider>()));
        }

        services.AddHttpClient(nameof(Resend));
        return services.AddSingleton(new LocalAddress(baseUrl)).AddSingleton<DeliveryLog>().AddSingleton<DeliveryCapture>().AddSingleton<Resend>();
    }
}
