using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Jira;

/// <summary>Registers the room.</summary>
public static class JiraServiceCollectionExtensions
{
    /// <summary>The client of the five operations with its authentication handlers and token store.</summary>
    public static IServiceCollection AddJiraClient(this IServiceCollection services, JiraWebhooksOptions options)
    {
        services.AddSingleton<JiraWebhookClient>();
        return services;
    }
}
