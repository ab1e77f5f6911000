using Azure.Messaging.ServiceBus;
using JiraWebhooks.Hosting;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Azure;
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
        using var app = TestApp.Build(("ServiceBus:fullyQualifiedNamespace", "example.servicebus.windows.net"));

        AssertFunctions(app.Services);
    }

    [Fact]
    [Trait("Decision", "publisher-setting")]
    public void AddFunctions_WithAStorageQueue_BuildsEveryFunction()
    {
        using var app = TestApp.Build(("Publisher", "StorageQueue"));

        AssertFunctions(app.Services);
        Assert.IsType<StorageQueueDeliveryPublisher>(app.Services.GetRequiredKeyedService<IDeliveryPublisher>(AzureClients.Receive));
    }

    [Fact]
    [Trait("Decision", "publisher-setting")]
    public void AddFunctions_WithTheEmulator_TakesItsConnectionString()
    {
        using var app = TestApp.Build(("ServiceBus", Emulator));

        AssertFunctions(app.Services);
    }

    [Theory]
    [InlineData("Endpoint=sb://example.servicebus.windows.net;SharedAccessKeyName=x;SharedAccessKey=secret-key")]
    [InlineData("nonsense")]
    [Trait("Decision", "publisher-setting")]
    public void AddFunctions_WithAConnectionString_StopsWithASentence(string connection)
    {
        var error = Assert.Throws<OptionsValidationException>(() => TestApp.Build(("ServiceBus", connection)));

        Assert.Contains("ServiceBus__fullyQualifiedNamespace", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Decision", "publisher-setting")]
    public void AddFunctions_WithoutANamespace_StopsWithASentence() =>
        Assert.Contains("ServiceBus__fullyQualifiedNamespace is missing", Assert.Throws<OptionsValidationException>(() => TestApp.Build()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("https://example.servicebus.windows.net")]
    [InlineData("example.servicebus.windows.net/jira-deliveries")]
    [InlineData("example servicebus")]
    [Trait("Decision", "publisher-setting")]
    public void AddFunctions_WithANamespaceThatIsNoHost_StopsWithASentence(string name)
    {
        var error = Assert.Throws<OptionsValidationException>(() => TestApp.Build(("ServiceBus:fullyQualifiedNamespace", name)));

        Assert.Contains("ServiceBus__fullyQualifiedNamespace must be", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(name, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Words inside of another part of the string do not make it the emulator's.</summary>
    [Theory]
    [InlineData("Endpoint=sb://example.servicebus.windows.net;SharedAccessKeyName=x;SharedAccessKey=UseDevelopmentEmulator=true")]
    [InlineData("Endpoint=sb://example.servicebus.windows.net;SharedAccessKeyName=x;SharedAccessKey=y;UseDevelopmentEmulator=true-not")]
    [Trait("Decision", "publisher-setting")]
    public void AddFunctions_WithWordsOfTheEmulatorInARealString_StopsWithASentence(string connection) =>
        Assert.Throws<OptionsValidationException>(() => TestApp.Build(("ServiceBus", connection)));

    /// <summary>The SDK would report these at the first delivery only.</summary>
    [Theory]
    [InlineData("UseDevelopmentEmulator=true", "is not a complete connection string of the emulator")]
    [InlineData("Endpoint=sb://localhost;UseDevelopmentEmulator=true", "is not a complete connection string of the emulator")]
    [InlineData("Endpoint=sb://localhost;SharedAccessKeyName=secret-name;UseDevelopmentEmulator=true;", "is not a complete connection string of the emulator")]
    [InlineData("SharedAccessKeyName=x;SharedAccessKey=secret-key;UseDevelopmentEmulator=true;", "is not a complete connection string of the emulator")]
    [InlineData("Endpoint=secret host;SharedAccessKeyName=x;SharedAccessKey=secret-key;UseDevelopmentEmulator=true;", "is not a connection string of the emulator")]
    [InlineData(Emulator + "EntityPath=other", "must not contain EntityPath")]
    [Trait("Decision", "publisher-setting")]
    public void AddFunctions_WithAnIncompleteStringOfTheEmulator_StopsWithASentence(string connection, string expected)
    {
        var error = Assert.Single(Assert.Throws<OptionsValidationException>(() => TestApp.Build(("ServiceBus", connection))).Failures);

        Assert.StartsWith("ServiceBus ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void AddFunctions_WithoutStorage_StopsWithASentence() =>
        Assert.Contains("AzureWebJobsStorage", Assert.Throws<OptionsValidationException>(() => TestApp.Build(("Publisher", "StorageQueue"), ("AzureWebJobsStorage", ""))).Message, StringComparison.Ordinal);

    /// <summary>An operator fixes all errors before the next start.</summary>
    [Fact]
    public void AddFunctions_ErrorsOfAllSettings_AreReportedAtOnce()
    {
        var error = Assert.Throws<OptionsValidationException>(() => TestApp.Build(("PublicBaseUrl", "ftp://example.com"), ("AzureWebJobsStorage", "nonsense"), ("PollSchedule", ""), ("ServiceBus:fullyQualifiedNamespace", "https://x"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "x")));

        Assert.Equal(["PublicBaseUrl", "AzureWebJobsStorage", "PollSchedule", "ServiceBus__fullyQualifiedNamespace", "OTEL_EXPORTER_OTLP_ENDPOINT"], error.Failures.Select(failure => failure.Split(' ')[0]));
    }

    [Fact]
    [Trait("Decision", "publisher-setting")]
    public void AddFunctions_PublisherThatThereIsNot_AsksForNoNamespace() =>
        Assert.StartsWith("Publisher must be", Assert.Single(Assert.Throws<OptionsValidationException>(() => TestApp.Build(("Publisher", "Pigeon"))).Failures), StringComparison.Ordinal);

    /// <summary>docs/architecture.md#ten-second-budget: two tries of four seconds fit into a delivery's ten; a timer keeps the SDK's patience.</summary>
    [Fact]
    [Trait("Decision", "ten-second-budget")]
    public void AddFunctions_ClientsOfServiceBus_RetryBrieflyOnlyForDeliveries()
    {
        using var app = TestApp.Build(("ServiceBus:fullyQualifiedNamespace", "example.servicebus.windows.net"));
        var options = app.Services.GetRequiredService<IOptionsMonitor<ServiceBusClientOptions>>();

        var receive = options.Get(AzureClients.Receive).RetryOptions;
        Assert.Equal(TimeSpan.FromSeconds(4), receive.TryTimeout);
        Assert.Equal(1, receive.MaxRetries);
        Assert.Equal(ServiceBusRetryMode.Fixed, receive.Mode);
        Assert.Equal(TimeSpan.FromMilliseconds(200), receive.Delay);
        Assert.All([AzureClients.Receive, AzureClients.Timers], name => Assert.Equal(TimeSpan.FromSeconds(20), options.Get(name).ConnectionIdleTimeout));
        var (timers, sdk) = (options.Get(AzureClients.Timers).RetryOptions, new ServiceBusRetryOptions());
        Assert.Equal(sdk.TryTimeout, timers.TryTimeout);
        Assert.Equal(sdk.MaxRetries, timers.MaxRetries);
    }

    [Theory]
    [InlineData(null, "jira-deliveries")]
    [InlineData("other", "other")]
    [InlineData(" other\n", "other")]
    [InlineData(" ", "jira-deliveries")]
    public void AddFunctions_PublishersOfServiceBus_SendToTheEntityOfTheSettings(string? entity, string expected)
    {
        var client = new FakeClient(new FakeSender());
        using var app = TestApp.Build(
            services => services.AddSingleton<IAzureClientFactory<ServiceBusClient>>(client),
            ("ServiceBus:fullyQualifiedNamespace", "example.servicebus.windows.net"), ("ServiceBus:EntityName", entity));

        Assert.All([AzureClients.Receive, AzureClients.Timers], name =>
            Assert.IsType<ServiceBusDeliveryPublisher>(app.Services.GetRequiredKeyedService<IDeliveryPublisher>(name)));
        Assert.Equal([AzureClients.Receive, AzureClients.Timers], client.Names);
        Assert.Equal([expected, expected], client.Entities);
    }

    /// <summary>With a copy of the sample the app starts; without its comment slashes the site is healthy.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Decision", "host-json")]
    public void AddFunctions_WithTheSample_BuildsEveryFunction(bool withItsSite)
    {
        var sample = withItsSite ? Repository.SampleWithItsSite() : Repository.Sample();
        using var app = TestApp.Build([.. sample.Select(setting => (setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value))]);

        AssertFunctions(app.Services);
        var sites = app.Services.GetRequiredService<ConfiguredSites>().All;
        Assert.Equal(withItsSite ? 1 : 0, sites.Count);
        Assert.All(sites, site => Assert.Equal((null, 1), (site.Problem, site.Webhooks.Count)));
    }

    [Fact]
    public void AddFunctions_WithTelemetry_MeasuresAndFlushes()
    {
        using var app = TestApp.Build(
            ("Publisher", "StorageQueue"),
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://localhost:1/"),
            ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=11111111-2222-3333-4444-555555555555;Authorization=AAD"));

        Assert.NotNull(app.Services.GetService<MeterProvider>());
        app.Services.GetRequiredService<TelemetryFlush>().Flush();
    }

    [Fact]
    [Trait("Rule", "body-size")]
    public void AddFunctions_KestrelsLimit_IsAboveOurs()
    {
        using var app = TestApp.Build(("Publisher", "StorageQueue"));

        Assert.True(app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxRequestBodySize > JiraWebhooksOptions.LargestBodyLimit);
    }

    private static void AssertFunctions(IServiceProvider services)
    {
        var functions = typeof(ReceiveDelivery).Assembly.GetTypes()
            .Where(type => type.GetMethods().Any(method => method.IsDefined(typeof(FunctionAttribute), inherit: false))).ToList();

        Assert.Contains(typeof(ManageSites), functions);
        Assert.All(functions, type => Assert.NotNull(ActivatorUtilities.CreateInstance(services, type)));
    }
}
