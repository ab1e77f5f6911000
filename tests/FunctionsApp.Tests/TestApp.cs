using Azure.Messaging.ServiceBus;
using JiraWebhooks.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsApp.Tests;

/// <summary>The app as Program puts it together, with a test's settings and nothing started.</summary>
internal static class TestApp
{
    public static IHost Build(params (string Name, string? Value)[] settings) => Build(_ => { }, settings);

    /// <summary><paramref name="replace"/> puts a test's own services in place of real ones.</summary>
    public static IHost Build(Action<IServiceCollection> replace, params (string Name, string? Value)[] settings)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PublicBaseUrl"] = "https://hooks.example.com",
            ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
            [Schedules.Refresh] = Schedules.Defaults[Schedules.Refresh],
            [Schedules.Poll] = Schedules.Defaults[Schedules.Poll],
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)));
        builder.Logging.ClearProviders();
        builder.AddFunctions();

        // The SDK's own client would look for its identity and its namespace.
        builder.Services.AddSingleton<IAzureClientFactory<ServiceBusClient>>(new FakeClient(new FakeSender()));
        replace(builder.Services);
        var app = builder.Build();
        app.Services.ValidateSettings();
        return app;
    }
}
