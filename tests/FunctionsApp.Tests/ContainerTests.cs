using JiraWebhooks;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Diagnostics;
using JiraWebhooks.FailedDeliveries;
using JiraWebhooks.Publishing;
using JiraWebhooks.ServiceBus;
using JiraWebhooks.Subscriptions;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace FunctionsApp.Tests;

public sealed class ContainerTests
{
    private const string Emulator = "Endpoint=sb://localhost;SharedAccessKeyName=x;SharedAccessKey=y;UseDevelopmentEmulator=true;";

    [Fact]
    public void AddFunctions_WithServiceBus_BuildsEveryFunction()
    {
        using var app = Build(("ServiceBus:fullyQualifiedNamespace", "example.servicebus.windows.net"));

        AssertFunctions(app.Services);
        var known = app.Services.GetRequiredService<IServiceProviderIsKeyedService>();
        Assert.All([AzureClients.Receive, AzureClients.Timers], name => Assert.True(known.IsKeyedService(typeof(IDeliveryPublisher), name)));
    }

    [Fact]
    public void AddFunctions_WithAStorageQueue_BuildsEveryFunction_Decision15()
    {
        using var app = Build(("Publisher", "StorageQueue"));

        AssertFunctions(app.Services);
        Assert.IsType<StorageQueueDeliveryPublisher>(app.Services.GetRequiredKeyedService<IDeliveryPublisher>(AzureClients.Receive));
        Assert.NotNull(ActivatorUtilities.CreateInstance<ReceiveDelivery>(app.Services));
    }

    [Fact]
    public void AddFunctions_WithTheEmulator_TakesItsConnectionString_Decision15()
    {
        using var app = Build(("ServiceBus", Emulator));

        AssertFunctions(app.Services);
    }

    [Theory]
    [InlineData("Endpoint=sb://example.servicebus.windows.net;SharedAccessKeyName=x;SharedAccessKey=secret-key")]
    [InlineData("nonsense")]
    public void AddFunctions_WithAConnectionString_StopsWithASentence_Decision15(string connection)
    {
        var error = Assert.Throws<SettingsException>(() => Build(("ServiceBus", connection)));

        Assert.Contains("ServiceBus__fullyQualifiedNamespace", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddFunctions_WithoutANamespace_StopsWithASentence_Decision15() =>
        Assert.Contains("ServiceBus__fullyQualifiedNamespace is missing", Assert.Throws<SettingsException>(() => Build()).Message, StringComparison.Ordinal);

    [Fact]
    public void AddFunctions_WithTelemetry_MeasuresAndFlushes()
    {
        using var app = Build(
            ("Publisher", "StorageQueue"),
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://localhost:1/"),
            ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=11111111-2222-3333-4444-555555555555;Authorization=AAD"));

        Assert.NotNull(app.Services.GetService<MeterProvider>());
        Assert.Equal("11111111-2222-3333-4444-555555555555", AppTelemetry.ClientId("ClientId=11111111-2222-3333-4444-555555555555;Authorization=AAD"));
        Assert.Null(AppTelemetry.ClientId("Authorization=AAD"));
    }

    [Fact]
    public void AddFunctions_KestrelsLimit_IsAboveOurs_Rule22()
    {
        using var app = Build(("Publisher", "StorageQueue"));

        Assert.True(app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxRequestBodySize > app.Services.GetRequiredService<JiraWebhooksOptions>().MaxBodyBytes);
    }

    private static void AssertFunctions(IServiceProvider services)
    {
        Assert.NotNull(services.GetRequiredService<WebhookRefresher>());
        Assert.NotNull(services.GetRequiredService<IHealthReporter>());
        Assert.NotNull(ActivatorUtilities.CreateInstance<RefreshWebhooks>(services));
        Assert.NotNull(ActivatorUtilities.CreateInstance<Health>(services));
    }

    private static Microsoft.Extensions.Hosting.IHost Build(params (string Name, string Value)[] settings)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PublicBaseUrl"] = "https://hooks.example.com",
            ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.AddFunctions();
        return builder.Build();
    }
}
