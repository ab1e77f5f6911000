using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.FailedDeliveries;

/// <summary>Registers the room.</summary>
public static class FailedDeliveriesServiceCollectionExtensions
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddFailedDeliveries(this IServiceCollection services) => services;
}
