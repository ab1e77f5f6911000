using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using JiraWebhooks.Diagnostics;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FunctionsApp;

/// <summary>OpenTelemetry to Application Insights and to any OTLP collector, each where it is configured
/// (<see href="https://learn.microsoft.com/azure/azure-functions/opentelemetry-howto"/>).</summary>
internal static class AppTelemetry
{
    public static IServiceCollection AddAppTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var telemetry = services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter(Telemetry.Name))
            .WithTracing(tracing => tracing.AddSource(Telemetry.Name))
            .UseFunctionsWorkerDefaults();

        if (configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is { Length: > 0 } connection)
        {
            telemetry.UseAzureMonitorExporter(exporter =>
            {
                exporter.ConnectionString = connection;
                if (ClientId(configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]) is { } clientId)
                {
                    exporter.Credential = new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId));
                }
            });
        }

        if (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 }) telemetry.UseOtlpExporter();
        return services.AddSingleton<TelemetryFlush>();
    }

    /// <summary>The identity in <c>ClientId=…;Authorization=AAD</c>, the form the Functions host reads.</summary>
    internal static string? ClientId(string? authentication) =>
        authentication?.Split(';').Select(part => part.Split('=', 2)).FirstOrDefault(part => part.Length == 2 && part[0].Trim() == "ClientId")?[1].Trim();
}

/// <summary>Sends what was measured and logged before a timer's instance goes: on Flex Consumption that may be right after the run.</summary>
public sealed class TelemetryFlush(IServiceProvider services)
{
    private const int Milliseconds = 5000;

    /// <summary>Waits until everything is sent, or five seconds for each kind.</summary>
    public void Flush()
    {
        services.GetService<MeterProvider>()?.ForceFlush(Milliseconds);
        services.GetService<TracerProvider>()?.ForceFlush(Milliseconds);
        services.GetService<LoggerProvider>()?.ForceFlush(Milliseconds);
    }
}
