using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Deliveries;

/// <summary>Registers the room.</summary>
public static class DeliveriesServiceCollectionExtensions
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddDeliveries(this IServiceCollection services) => services;
}
