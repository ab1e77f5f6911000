using System.Net.Sockets;
using JiraSimulator;
using JiraWebhooks;
using JiraWebhooks.Diagnostics;
using LocalHost.Simulation;

namespace LocalHost.Hosting;

/// <summary>What the app is built from.</summary>
internal sealed record LocalAppOptions(int Port, IConfiguration Settings, string Storage)
{
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The Jira inside; null when the settings name sites of their own.</summary>
    public SimulatedJira? Jira { get; init; }

    /// <summary>Fires the timers by their schedules; the demo fires them itself.</summary>
    public bool Schedules { get; init; } = true;

    /// <summary>Runs before the routes.</summary>
    public Func<HttpContext, RequestDelegate, Task>? Before { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public Uri BaseUrl => new($"http://localhost:{Port}");
}

/// <summary>The functions on ASP.NET Core, the same as in the Functions app but for triggers and publisher.</summary>
internal static class LocalApp
{
    /// <summary>Where the Jira inside is.</summary>
    public const string JiraPath = "/jira";

    public static WebApplication Build(LocalAppOptions options, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddConfiguration(options.Settings).AddInMemoryCollection(Defaults(options));
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(options.LogLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);
        if (options.Jira is not null) builder.Logging.AddFilter(typeof(ConnectNotice).FullName, LogLevel.None); // the Jira inside has no end
        builder.WebHost.UseUrls(options.BaseUrl.AbsoluteUri).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);

        builder.Services.AddSingleton(options.Clock);
        builder.Services.AddJiraWebhooks(builder.Configuration);
        builder.Services.AddSingleton<TimerFunctions>().AddSingleton<TimerService>();
        if (options.Schedules) builder.Services.AddHostedService(provider => provider.GetRequiredService<TimerService>());
        services?.Invoke(builder.Services);

        var app = builder.Build();
        if (options.Before is { } before) app.Use(before);
        app.MapFunctions();
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
            throw new LocalHostException($"Port {port} is taken: end the other program, or choose another with --port.");
        }
    }

    private static Dictionary<string, string?> Defaults(LocalAppOptions options)
    {
        if (options.Settings["Publisher"] is { Length: > 0 } publisher && !string.Equals(publisher, "StorageQueue", StringComparison.OrdinalIgnoreCase))
        {
            throw new LocalHostException("This host publishes to a Storage Queue alone: set Publisher to StorageQueue, or run the Functions app for Service Bus.");
        }

        var defaults = new Dictionary<string, string?>
        {
            ["Publisher"] = "StorageQueue",
            ["AzureWebJobsStorage"] = options.Storage,
            ["PublicBaseUrl"] = options.Settings["PublicBaseUrl"] is { Length: > 0 } set && options.Jira is null ? set : options.BaseUrl.AbsoluteUri.TrimEnd('/'),
            ["TokenFolder"] = options.Settings["TokenFolder"] is { Length: > 0 } folder ? folder : Path.Combine(Azurite.LocalFolder.Path, "tokens"),
        };
        if (options.Jira is { } jira)
        {
            foreach (var (name, value) in SimulatedSites.Settings(jira, new Uri(options.BaseUrl, JiraPath))) defaults[name] = value;
        }

        return defaults;
    }
}
