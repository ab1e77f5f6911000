using JiraWebhooks;
using JiraWebhooks.Hosting;
using JiraWebhooks.Publishing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsApp;

/// <summary>Puts the app together.</summary>
internal static class FunctionsAppBuilderExtensions
{
    // Above our own limit of 25 MB: the Functions host makes a 500 of the 413 that Kestrel would raise; ours passes.
    private const long KestrelBodyLimit = 64 * 1024 * 1024;

    /// <exception cref="SettingsException">A global setting is missing or wrong; the message names them all.</exception>
    public static FunctionsApplicationBuilder AddFunctions(this FunctionsApplicationBuilder builder)
    {
        builder.ConfigureFunctionsWebApplication();
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = KestrelBodyLimit);

        builder.Services.AddJiraWebhooks(builder.Configuration, options =>
            [.. options.Publisher is PublisherKind.ServiceBus ? builder.Configuration.ServiceBusMistakes() : [], .. TelemetrySettings.Errors(builder.Configuration)]);
        var options = SettingsReader.Read(builder.Configuration);
        if (options.Publisher is PublisherKind.ServiceBus) builder.Services.AddServiceBusPublisher(builder.Configuration, options);

        builder.Services.AddFunctionServices(builder.Configuration);
        return builder;
    }

    /// <summary>What the functions need beside the behaviour, in every host.</summary>
    public static IServiceCollection AddFunctionServices(this IServiceCollection services, IConfiguration configuration) =>
        services.AddAppTelemetry(configuration).AddSingleton<TimerRuns>().AddHostedService(provider => provider.GetRequiredService<TimerRuns>());
}
