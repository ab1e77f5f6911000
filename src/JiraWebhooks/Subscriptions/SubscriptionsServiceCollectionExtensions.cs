using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Subscriptions;

/// <summary>Registers the room.</summary>
public static class SubscriptionsServiceCollectionExtensions
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services) => services;
}
