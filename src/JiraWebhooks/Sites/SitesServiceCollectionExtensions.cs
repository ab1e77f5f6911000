using Azure.Security.KeyVault.Secrets;
using JiraWebhooks.Hosting;
using JiraWebhooks.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites;

/// <summary>Registers the sites.</summary>
internal static class SitesServiceCollectionExtensions
{
    /// <summary>Registers the sites of the settings section <c>Sites</c>, those of Table Storage, and their secrets.</summary>
    public static IServiceCollection AddSites(this IServiceCollection services, IConfiguration configuration)
    {
        return services
            .AddSingleton<ISecretStore>(provider => provider.GetRequiredService<JiraWebhooksOptions>() is { KeyVaultUri: null } options
                ? new FileSecretStore(options)
                : new KeyVaultSecretStore(provider.GetRequiredService<SecretClient>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => new ConfiguredSites(configuration, provider.GetRequiredService<JiraWebhooksOptions>()))
            .AddSingleton(provider => new SiteTable(provider.GetRequiredKeyedService<LazyTable>(TableNames.Sites), provider.GetRequiredService<StorageTime>()))
            .AddSingleton<SecretCache>()
            .AddSingleton<SecretOwners>()
            .AddSingleton(provider => new SiteLoader(
                provider.GetRequiredService<SiteTable>(),
                provider.GetRequiredService<SecretCache>(),
                configuration,
                provider.GetRequiredService<JiraWebhooksOptions>(),
                provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => new StoredSites(
                provider.GetRequiredService<SiteLoader>(),
                provider.GetRequiredService<SecretOwners>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<StoredSites>>()))
            .AddSingleton<MissingSites>()
            .AddSingleton<ISiteStore, SiteDirectory>()
            .AddSingleton<SiteRemoval>();
    }
}
