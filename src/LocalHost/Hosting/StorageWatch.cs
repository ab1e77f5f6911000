using LocalHost.Azurite;
using LocalHost.Functions;

namespace LocalHost.Hosting;

/// <summary>Stops the host if its storage can no longer save: until the host has stopped, it accepts nothing and Health reports the error.</summary>
internal sealed partial class StorageWatch(Task<string> saveFailed, IHostApplicationLifetime lifetime, ILogger<StorageWatch> logger) : BackgroundService
{
    /// <summary>Exit code of the process.</summary>
    public const int ExitCode = 2;

    // For proxies; Jira uses its own delays.
    private const string RetryAfterSeconds = "60";

    /// <summary>True if a save has failed.</summary>
    public bool HasFailed => saveFailed.IsCompletedSuccessfully;

    /// <summary>Answers 503 instead of the functions after a save has failed.</summary>
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

    /// <summary>Returns the message about the failed save.</summary>
    public static string Sentence(string reason) =>
        $"Azurite could not save ({reason}), so deliveries get 503 and this host stops. Every delivery that got 200 is in the queue. Free disk space for {LocalFolder.Path}, then start again.";

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

/// <summary>Registers <see cref="StorageWatch"/>.</summary>
internal static class StorageWatchServiceCollectionExtensions
{
    public static IServiceCollection AddStorageWatch(this IServiceCollection services, Task<string> saveFailed) => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<StorageWatch>(provider, saveFailed))
        .AddHostedService(provider => provider.GetRequiredService<StorageWatch>());
}
