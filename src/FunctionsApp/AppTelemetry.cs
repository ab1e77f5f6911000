using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Telemetry;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace FunctionsApp;

/// <summary>Sends OpenTelemetry to Application Insights and to any OTLP collector, each if it is configured
/// (<see href="https://learn.microsoft.com/azure/azure-functions/opentelemetry-howto"/>).</summary>
internal static class AppTelemetry
{
    public static IServiceCollection AddAppTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var telemetry = services.AddOpenTelemetry()
            .WithMetrics(metrics => WithoutSites(metrics.AddMeter(Instrumentation.Name)))
            .WithTracing(tracing => tracing.AddSource(Instrumentation.Name))
            .UseFunctionsWorkerDefaults();

        services.AddSingleton<TelemetryFlush>();

        // The start reports invalid settings. The exporter is built before that, with the logger of the host, and would throw with the value in its
        // message.
        if (TelemetrySettings.Errors(configuration).Any()) return services;

        if (TelemetrySettings.Text(configuration, TelemetrySettings.ApplicationInsights) is { } connection)
        {
            telemetry.UseAzureMonitorExporter(exporter =>
            {
                exporter.ConnectionString = connection;
                if (TelemetrySettings.Identity(configuration) is { } identity) exporter.Credential = new ManagedIdentityCredential(identity);
            });
        }

        if (TelemetrySettings.Text(configuration, TelemetrySettings.Otlp) is not null) telemetry.UseOtlpExporter();
        return services;
    }

    // These count at every site, and a metric can have 2,000 series. What fails keeps its site: few sites fail at a time.
    private static MeterProviderBuilder WithoutSites(MeterProviderBuilder metrics) => metrics
        .AddView(DeliveryMetrics.Accepted, new MetricStreamConfiguration { TagKeys = [] })
        .AddView(MetricNames.Recovered, new MetricStreamConfiguration { TagKeys = [] });
}
