using Azure.Data.Tables;
using JiraSimulator;
using JiraWebhooks.Storage;
using JiraWebhooks.Webhooks;
using LocalHost.Azurite;
using LocalHost.Functions;
using LocalHost.Inspector;
using LocalHost.Simulation;
using LocalHost.View;

namespace LocalHost.Hosting;

/// <summary>Runs the app on this machine: with the Jira sites of the settings, or with a simulated Jira if there are none.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var settings = LocalSettings.Load();
        await using var bus = options.WithBus && !HasEmulator(settings) ? LocalBus.Start(options.BusConfig) : null;
        await using var azurite = await StorageAsync(settings, cancellationToken);
        if (azurite is null) return await ServeAsync(options, settings, bus, azurite: null, cancellationToken);

        if (!await TryForgetLeasesAsync(azurite, cancellationToken)) return StorageWatch.ExitCode;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var serving = ServeAsync(options, settings, bus, azurite, stop.Token);
        if (await Task.WhenAny(serving, azurite.Ended) == serving || cancellationToken.IsCancellationRequested) return await serving;

        await stop.CancelAsync();
        await CtrlC.EndsAsync(serving, stop.Token);
        throw new LocalHostException("Azurite has ended, so deliveries cannot be stored: start again, or set AzureWebJobsStorage to your own storage.");
    }

    private static async Task<int> ServeAsync(RunOptions run, IConfiguration settings, LocalBus? bus, AzuriteProcess? azurite, CancellationToken cancellationToken)
    {
        var real = run.WithoutSimulator || LocalSettings.AreForRealSites(settings);
        var jira = real ? null : new SimulatedJira(TimeProvider.System, Random.Shared.Next());
        var terminal = !Console.IsOutputRedirected && !Console.IsInputRedirected;
        using var lines = new LogLines(TimeProvider.System);
        var options = new LocalAppOptions(run.Port, settings, azurite?.ConnectionString(LocalStorage.Account) ?? settings["AzureWebJobsStorage"]!)
        {
            Jira = jira,
            Bus = bus,
            ToEmulator = run.WithBus && bus is null,
            Log = terminal ? lines : null,
            LogLevel = terminal ? LogLevel.Warning : LogLevel.Information,
            Before = azurite is null ? null : (context, next) => context.RequestServices.GetRequiredService<StorageWatch>().InvokeAsync(context, next),
            Key = FunctionKey.Load(Path.Combine(LocalFolder.Path, "key")),
        };
        if (jira is not null) SimulatedSites.Add(jira, options.BaseUrl);

        await using var app = LocalApp.Build(options, services =>
        {
            services.AddInspector(options.BaseUrl);
            if (bus is not null) services.AddSingleton(bus);
            if (terminal) services.AddSingleton(lines).AddSingleton<Dashboard>();
            if (jira is not null) services.AddSingleton(jira).AddHostedService<EventStream>();
            if (azurite is not null) services.AddStorageWatch(azurite.SaveFailed);
        });
        app.UseInspector(options.Key);
        var dashboard = app.Services.GetService<Dashboard>();
        await LocalApp.StartAsync(app, run.Port, cancellationToken);
        Say(options, jira is not null, azurite);

        using var shown = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
        var showing = dashboard?.RunAsync(shown.Token) ?? Task.CompletedTask;
        if (jira is not null) await RefreshAsync(app, cancellationToken);

        await app.WaitForShutdownAsync(cancellationToken);
        await showing;
        if (azurite is not { SaveFailed.IsCompletedSuccessfully: true }) return 0;

        // The table on the terminal may have ended before it could show the line.
        if (terminal) await Console.Error.WriteLineAsync(StorageWatch.Sentence(await azurite.SaveFailed));
        return StorageWatch.ExitCode;
    }

    private static bool HasEmulator(IConfiguration settings) => !string.IsNullOrWhiteSpace(settings["ServiceBus"]);

    private static async Task RefreshAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            // All sites, whether due or not: the simulated Jira has forgotten the webhooks that the tables remember.
            await app.Services.GetRequiredService<WebhookRefresher>().RunAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await app.StopAsync(CancellationToken.None); // as in LocalApp.StartAsync
            throw;
        }
    }

    private static void Say(LocalAppOptions options, bool simulated, AzuriteProcess? azurite)
    {
        var storage = azurite is not null ? "Azurite" : options.Storage.Trim() == StandardAzurite.ConnectionString ? "the Azurite at its usual ports" : "your storage";
        var target = options.Bus is { } to ? $"topic {to.Topic} in a simulated Service Bus"
            : options.ToEmulator ? "the Service Bus emulator of the setting ServiceBus"
            : $"queue jira-deliveries in {storage}";
        Console.WriteLine($"Listening on {options.BaseUrl}api/deliveries/{{site}}; {target}. Ctrl+C ends it.");
        if (options.Bus is { } bus)
        {
            Console.WriteLine($"Connection string of this bus, for your subscriber: {bus.ConnectionString}");
            Console.WriteLine($"Subscriptions: {string.Join(", ", bus.Subscriptions.Select(subscription => subscription.Name))}. The bus forgets its messages when this host ends.");
        }

        if (azurite is not null) Console.WriteLine($"Connection string of this Azurite, for your subscriber: {options.Storage}");
        Console.WriteLine($"Watch the deliveries in a browser: {options.BaseUrl}#key={options.Key.Value}");
        var key = $"-H \"{FunctionKey.Header}: {options.Key.Value}\"";
        if (simulated)
        {
            Console.WriteLine("No Jira site in the settings: this host simulates a Jira with three sites.");
            Console.WriteLine($"State of every site: curl {key} {options.BaseUrl}api/health/details");
        }
        else
        {
            Console.WriteLine($"Connect a site in a browser: {options.BaseUrl}api/oauth/start?{FunctionKey.QueryParameter}={options.Key.Value}");
            Console.WriteLine($"Sites: curl {key} {options.BaseUrl}api/sites");
            Console.WriteLine($"Register webhooks now, without waiting for the schedule: curl -X POST {key} -H \"Content-Type: application/json\" -d \"{{}}\" {options.BaseUrl}admin/functions/RefreshWebhooks");
        }
    }

    private static async Task<AzuriteProcess?> StorageAsync(IConfiguration settings, CancellationToken cancellationToken)
    {
        if (settings["AzureWebJobsStorage"]?.Trim() is { Length: > 0 } given)
        {
            if (given != StandardAzurite.ConnectionString || await StandardAzurite.IsRunningAsync(cancellationToken)) return null;

            Console.WriteLine($"AzureWebJobsStorage is {StandardAzurite.ConnectionString}, but no Azurite runs at its usual ports: this host runs its own.");
        }

        CloseLocalFolder();
        return await AzuriteProcess.StartAsync(LocalStorage.Folder, [LocalStorage.Account], Console.Out, cancellationToken);
    }

    // The folder contains grants, keys and bodies of deliveries.
    private static void CloseLocalFolder()
    {
        try
        {
            OwnerOnly.CreateFolder(LocalFolder.Path);
            OwnerOnly.CloseFolder(LocalFolder.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalHostException($"The folder {LocalFolder.Path} cannot be created or made private ({error.GetType().Name}): make your user its owner.");
        }
    }

    // Only one host at a time uses this data, so every lease belongs to a dead process, and waiting for its expiry is not needed.
    private static async Task<bool> TryForgetLeasesAsync(AzuriteProcess azurite, CancellationToken cancellationToken)
    {
        try
        {
            await new TableClient(azurite.ConnectionString(LocalStorage.Account), TableNames.Leases).DeleteAsync(cancellationToken);
            return true;
        }
        catch (Exception) when (azurite.SaveFailed.IsCompletedSuccessfully)
        {
            await Console.Error.WriteLineAsync(StorageWatch.Sentence(await azurite.SaveFailed));
            return false;
        }
    }
}
