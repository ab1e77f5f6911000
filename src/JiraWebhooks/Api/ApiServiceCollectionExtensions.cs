using JiraWebhooks.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Api;

/// <summary>Registers the management API and the onboarding pages.</summary>
internal static class ApiServiceCollectionExtensions
{
    /// <summary>Registers <see cref="SitesApi"/>, <see cref="OAuthOnboarding"/> and what they need.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services) => services
        .AddSingleton<ApiCalls>()
        .AddSingleton<DeadLettersApi>()
        .AddSingleton<GrantSeeds>()
        .AddSingleton<SiteSecrets>()
        .AddSingleton<SiteManager>()
        .AddSingleton<SitesApi>()
        .AddSingleton<ITicketStore>(provider => new TicketTable(provider.GetRequiredKeyedService<LazyTable>(TableNames.Tickets), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<OAuthConsent>()
        .AddSingleton<SiteAdmission>()
        .AddSingleton<OAuthOnboarding>();
}
