using Azure.Security.KeyVault.Secrets;
using JiraWebhooks.Hosting;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace JiraWebhooks.OAuth;

/// <summary>Registers the OAuth grants.</summary>
internal static class OAuthServiceCollectionExtensions
{
    /// <summary>Registers access tokens from grants in Key Vault if <see cref="JiraWebhooksOptions.KeyVaultUri"/> is set, else in files.</summary>
    public static IServiceCollection AddOAuth(this IServiceCollection services)
    {
        // The credential is the one that AddStorageClients sets for all Azure clients. The client is made only where the vault is used.
        services.AddAzureClients(clients => clients.AddClient<SecretClient, SecretClientOptions>((options, credential, provider) =>
            new SecretClient(provider.GetRequiredService<JiraWebhooksOptions>().KeyVaultUri, credential, options)));
        services.AddSingleton<ITokenStore>(provider =>
        {
            var (options, clock) = (provider.GetRequiredService<JiraWebhooksOptions>(), provider.GetRequiredService<TimeProvider>());
            return options.KeyVaultUri is null ? new FileTokenStore(options, clock) : new KeyVaultTokenStore(provider.GetRequiredService<SecretClient>(), clock);
        });
        services.AddSingleton<OAuthGrantClient>();
        services.AddSingleton<OAuthTokenSource>();
        services.TryAddSingleton<IAccessTokenSource>(provider => provider.GetRequiredService<OAuthTokenSource>());
        services.AddSingleton<GrantStates>();
        services.AddSingleton<GrantWriter>();
        services
            .AddHttpClient(OAuthGrantClient.ClientName, http =>
            {
                http.Timeout = Timeout.InfiniteTimeSpan;
                http.MaxResponseContentBufferSize = 1024 * 1024;
                http.DefaultRequestHeaders.UserAgent.Add(UserAgent.Value);
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // A redirect would send the client secret to another address.
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .RemoveAllLoggers();
        return services;
    }
}
