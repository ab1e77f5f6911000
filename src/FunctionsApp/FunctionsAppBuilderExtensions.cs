using JiraWebhooks;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsApp;

/// <summary>Builds the app.</summary>
internal static class FunctionsAppBuilderExtensions
{
    // Higher than our own limit of 25 MB: the Functions host turns Kestrel's 413 into a 500, but passes our 413 on.
    private const long KestrelBodyLimit = 64 * 1024 * 1024;

    public static FunctionsApplicationBuilder AddFunctions(this FunctionsApplicationBuilder builder)
    {
        builder.ConfigureFunctionsWebApplication();
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = KestrelBodyLimit);

        builder.Services.AddJiraWebhooks(builder.Configuration, () => TelemetrySettings.Errors(builder.Configuration));
        builder.Services.AddFunctionServices(builder.Configuration);
        return builder;
    }

    /// <summary>Registers what the functions themselves need, in every host.</summary>
    public static IServiceCollection AddFunctionServices(this IServiceCollection services, IConfiguration configuration) =>
        services.AddAppTelemetry(configuration).AddSingleton<TimerRuns>().AddHostedService(provider => provider.GetRequiredService<TimerRuns>());
}
