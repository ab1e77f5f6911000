using System.Net.Sockets;
using FunctionsApp;
using JiraSimulator;
using JiraWebhooks;
using JiraWebhooks.Health;
using JiraWebhooks.Hosting;
using JiraWebhooks.Storage;
using LocalHost.Functions;
using LocalHost.Simulation;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace LocalHost.Hosting;

/// <summary>The options to build the app.</summary>
internal sealed record LocalAppOptions(int Port, IConfiguration Settings, string Storage)
{
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The clock of storage, if <see cref="Clock"/> is simulated; null if it is the same.</summary>
    public TimeProvider? StorageClock { get; init; }

    /// <summary>The simulated Jira; null if the settings have their own sites.</summary>
    public SimulatedJira? Jira { get; init; }

    /// <summary>The simulated bus that deliveries go to; null if they go to the queue.</summary>
    public LocalBus? Bus { get; init; }

    /// <summary>True if deliveries go to the emulator that the setting <c>ServiceBus</c> names.</summary>
    public bool ToEmulator { get; init; }

    /// <summary>True to run the timers by schedule; the demo runs them itself.</summary>
    public bool Schedules { get; init; } = true;

    /// <summary>Runs before the routes.</summary>
    public Func<HttpContext, RequestDelegate, Task>? Before { get; init; }

    /// <summary>Receives the log lines instead of the console.</summary>
    public ILoggerProvider? Log { get; init; }

    /// <summary>The key of every function that is not anonymous.</summary>
    public FunctionKey Key { get; init; } = FunctionKey.New();

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public Uri BaseUrl => new($"http://localhost:{Port}");
}

/// <summary>The functions of the Functions app on ASP.NET Core, without the Functions host and its worker.</summary>
internal static class LocalApp
{
    /// <summary>Path of the simulated Jira.</summary>
    public const string JiraPath = "/jira";

    /// <exception cref="OptionsValidationException">A setting is missing or invalid; it lists all errors.</exception>
    public static WebApplication Build(LocalAppOptions options, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddConfiguration(options.Settings).AddInMemoryCollection(Defaults(options));
        builder.Logging.ClearProviders().SetMinimumLevel(options.LogLevel);
        if (options.Log is { } log) builder.Logging.AddProvider(log);
        else builder.Logging.AddConsole(console => console.FormatterName = OneLineFormatter.FormatterName).AddConsoleFormatter<OneLineFormatter, ConsoleFormatterOptions>();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);
        if (options.Jira is not null) builder.Logging.AddFilter(typeof(ConnectNotice).FullName, LogLevel.None); // the simulated Jira never ends Connect
        builder.WebHost.UseUrls(options.BaseUrl.AbsoluteUri).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);

        builder.Services.AddSingleton(options.Clock);
        builder.Services.AddJiraWebhooks(builder.Configuration, () => [.. LocalErrors.Of(options.Settings), .. TelemetrySettings.Errors(builder.Configuration)]);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(15)); // a delivery has ten
        builder.Services.AddFunctionServices(builder.Configuration).AddSingleton<TimerService>();
        if (options.Clock != TimeProvider.System) builder.Services.AddSingleton(new StorageTime(options.Clock, options.StorageClock ?? options.Clock));
        if (options.Schedules) builder.Services.AddHostedService(provider => provider.GetRequiredService<TimerService>());
        services?.Invoke(builder.Services);

        var app = builder.Build();
        app.Services.ValidateSettings();
        if (options.Before is { } before) app.Use(before);
        app.MapFunctions(options.Key);
        if (options.Jira is { } jira) app.MapGroup(JiraPath).MapJiraSimulator(jira);
        return app;
    }

    /// <exception cref="LocalHostException">The port is taken.</exception>
    public static async Task StartAsync(WebApplication app, int port, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException error) when (error.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await app.StopAsync(CancellationToken.None); // otherwise its services would report their end as an error
            throw new LocalHostException($"Port {port} is in use: stop the other program, or choose another port with --port.");
        }
    }

    private static Dictionary<string, string?> Defaults(LocalAppOptions options)
    {
        var defaults = new Dictionary<string, string?>
        {
            ["Publisher"] = options.ToEmulator ? "ServiceBus" : "StorageQueue",
            ["AzureWebJobsStorage"] = options.Storage,
            ["PublicBaseUrl"] = options.Settings["PublicBaseUrl"] is { Length: > 0 } set && options.Jira is null ? set : options.BaseUrl.AbsoluteUri.TrimEnd('/'),
            ["TokenFolder"] = LocalErrors.Tokens(options.Settings),
        };
        if (options.Bus is { } bus)
        {
            foreach (var (name, value) in bus.Settings) defaults[name] = value;
        }

        foreach (var (name, schedule) in Schedules.Defaults)
        {
            if (string.IsNullOrWhiteSpace(options.Settings[name])) defaults[name] = schedule;
        }

        if (options.Jira is { } jira)
        {
            foreach (var (name, value) in SimulatedSites.Settings(jira, new Uri(options.BaseUrl, JiraPath))) defaults[name] = value;
        }

        return defaults;
    }
}
