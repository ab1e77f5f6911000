using JiraWebhooks.Sites.OAuth;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Sites;

/// <summary>Registers the room.</summary>
public static class SitesServiceCollectionExtensions
{
    /// <summary>Sites from the settings section <c>Sites</c>, and the tokens of those that use OAuth.</summary>
    public static IServiceCollection AddSites(this IServiceCollection services, IConfiguration configuration, JiraWebhooksOptions options) =>
        services
            .AddSingleton<ISiteStore>(provider => new ConfiguredSites(configuration, provider.GetRequiredService<JiraWebhooksOptions>()))
            .AddOAuth(options);
}
