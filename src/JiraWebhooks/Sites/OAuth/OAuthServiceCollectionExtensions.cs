using Azure.Core;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using JiraWebhooks.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Sites.OAuth;

/// <summary>Registers the room.</summary>
public static class OAuthServiceCollectionExtensions
{
    /// <summary>Registers the token source on Key Vault where one is set, on files otherwise.</summary>
    public static IServiceCollection AddOAuth(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddHttpClient(OAuthGrantClient.ClientName, http => http.Timeout = TimeSpan.FromSeconds(30))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            .RemoveAllLoggers();
        services.AddSingleton<OAuthGrantClient>();
        services.AddSingleton<OAuthTokenSource>();
        services.AddSingleton<IAccessTokenSource>(provider => provider.GetRequiredService<OAuthTokenSource>());
        services.AddSingleton<ILeases>(provider => provider.GetRequiredService<LeaseTable>());
        services.AddSingleton<ITokenStore>(provider =>
        {
            var options = provider.GetRequiredService<JiraWebhooksOptions>();
            return options.KeyVaultUri is { } vault
                ? new KeyVaultTokenStore(new SecretClient(vault, Credential(configuration)))
                : new FileTokenStore(options.TokenFolder, provider.GetRequiredService<TimeProvider>());
        });
        return services;
    }

    private static TokenCredential Credential(IConfiguration configuration) =>
        configuration["AZURE_CLIENT_ID"] is { Length: > 0 } clientId
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential();
}
