using JiraSimulator;
using LocalHost.Azurite;
using LocalHost.Simulation;
using LocalHost.View;

namespace LocalHost.Hosting;

/// <summary>The main job on this machine: with the Jira sites of the settings, or with a simulated Jira where there are none.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(int port, bool withoutSimulator, CancellationToken cancellationToken)
    {
        var settings = LocalSettings.Load();
        await using var azurite = await StorageAsync(settings, cancellationToken);
        var storage = azurite?.ConnectionString("local") ?? settings["AzureWebJobsStorage"]!;

        // Whoever has an OAuth app in the settings connects real sites in a browser.
        var real = withoutSimulator || settings.GetSection("Sites").GetChildren().Any() || settings["OAuthClientId"] is { Length: > 0 };
        var jira = real ? null : new SimulatedJira(TimeProvider.System, Random.Shared.Next());
        var terminal = !Console.IsOutputRedirected && !Console.IsInputRedirected;
        var options = new LocalAppOptions(port, settings, storage) { Jira = jira, LogLevel = terminal ? LogLevel.Warning : LogLevel.Information };
        if (jira is not null) SimulatedSites.Add(jira, options.BaseUrl);

        await using var app = LocalApp.Build(options, services =>
        {
            if (terminal) services.AddHostedService<Dashboard>();
            if (jira is not null) services.AddSingleton(jira).AddHostedService<EventStream>();
        });
        await LocalApp.StartAsync(app, port, cancellationToken);
        Console.WriteLine($"Listening on {options.BaseUrl}api/deliveries/{{site}}; queue jira-deliveries in {(azurite is null ? "your storage" : "Azurite")}. Ctrl+C ends it.");

        if (jira is not null)
        {
            Console.WriteLine("No Jira site in the settings: a simulated Jira with three sites runs inside.");
            var timers = app.Services.GetRequiredService<TimerFunctions>();
            await app.Services.GetRequiredService<TimerService>().FireAsync(timers.All[0], cancellationToken);
        }
        else
        {
            Console.WriteLine($"Sites: {options.BaseUrl}api/sites; connect one in a browser: {options.BaseUrl}api/oauth/start");
            Console.WriteLine($"Register webhooks now, without waiting for the schedule: curl -X POST {options.BaseUrl}admin/functions/RefreshWebhooks");
        }

        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static async Task<AzuriteProcess?> StorageAsync(IConfiguration settings, CancellationToken cancellationToken)
    {
        // The sample's value means the emulator; this host brings one of its own.
        if (settings["AzureWebJobsStorage"] is { Length: > 0 } given && given != "UseDevelopmentStorage=true") return null;

        return await AzuriteProcess.StartAsync(Path.Combine(LocalFolder.Path, "azurite-data"), ["local"], Console.Out, cancellationToken);
    }
}
