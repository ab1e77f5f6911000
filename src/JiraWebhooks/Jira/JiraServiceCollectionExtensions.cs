using JiraWebhooks.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Refit;

namespace JiraWebhooks.Jira;

/// <summary>Registers the Jira client.</summary>
internal static class JiraServiceCollectionExtensions
{
    /// <summary>Name of the HTTP client that serves all sites.</summary>
    public const string ClientName = "jira";

    /// <summary>Registers <see cref="JiraWebhookClient"/> and the one HTTP client behind it.</summary>
    public static IServiceCollection AddJiraClient(this IServiceCollection services)
    {
        services.AddTransient<SiteHandler>();
        services.AddSingleton<JiraWebhookClient>();

        var client = services
            .AddRefitGeneratedClient<IJiraWebhookApi>(_ => Settings(), ClientName)
            .ConfigureHttpClient(http =>
            {
                // A placeholder: SiteHandler writes the site's own URL into each request.
                http.BaseAddress = new Uri("https://jira.invalid");
                http.Timeout = Timeout.InfiniteTimeSpan;
                http.DefaultRequestHeaders.UserAgent.Add(UserAgent.Value);
                http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // A redirect could send the credential to another host.
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(10),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .RemoveAllLoggers();
        client.AddResilienceHandler("retries", static (pipeline, context) =>
            JiraResilience.Configure(pipeline, context.ServiceProvider.GetRequiredService<TimeProvider>()));
        client.AddHttpMessageHandler<SiteHandler>();

        // Polly logs each attempt, also the successful ones.
        return services.AddLogging(logging => logging.AddFilter("Polly", LogLevel.Warning));
    }

    private static RefitSettings Settings() => new()
    {
        // With the converters of the context, which Refit does not take over from the context alone.
        ContentSerializer = new SystemTextJsonContentSerializer(JiraJsonContext.Default.Options),
        Buffered = true,
        MaxExceptionContentLength = 16 * 1024,
    };
}
