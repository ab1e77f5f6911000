using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Publishing;

/// <summary>Registers the room.</summary>
public static class PublishingServiceCollectionExtensions
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddPublishing(this IServiceCollection services, JiraWebhooksOptions options) => services;
}
