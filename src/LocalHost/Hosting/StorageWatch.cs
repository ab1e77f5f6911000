using LocalHost.Azurite;
using LocalHost.Functions;

namespace LocalHost.Hosting;

/// <summary>Ends the host when its storage can no longer save: until it has ended, nothing is taken and Health says so.</summary>
internal sealed partial class StorageWatch(Task<string> saveFailed, IHostApplicationLifetime lifetime, ILogger<StorageWatch> logger) : BackgroundService
{
    /// <summary>What the process ends with.</summary>
    public const int ExitCode = 2;

    // For proxies; Jira has its own times.
    private const string RetryAfterSeconds = "60";

    /// <summary>True when a save has failed.</summary>
    public bool HasFailed => saveFailed.IsCompletedSuccessfully;

    /// <summary>Answers 503 in place of the functions after a save has failed.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!HasFailed || !context.Request.Path.StartsWithSegments(FunctionRoutes.Prefix, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
    }

    /// <summary>What is said of it, once.</summary>
    public static string Sentence(string reason) =>
        $"Azurite could not save ({reason}), so deliveries are answered 503 and this host ends. What was answered 200 is in the queue. Make room for {LocalFolder.Path}, then start again.";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Log.NotSaved(logger, Sentence(await saveFailed.WaitAsync(stoppingToken)));
        lifetime.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Sentence}")]
        public static partial void NotSaved(ILogger logger, string sentence);
    }
}

/// <summary>Registers it.</summary>
internal static class StorageWatchServiceCollectionExtensions
{
    public static IServiceCollection AddStorageWatch(this IServiceCollection services, Task<string> saveFailed) => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<StorageWatch>(provider, saveFailed))
        .AddHostedService(provider => provider.GetRequiredService<StorageWatch>());
}
