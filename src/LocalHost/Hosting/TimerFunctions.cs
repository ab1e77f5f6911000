using System.Diagnostics.CodeAnalysis;
using JiraWebhooks.FailedDeliveries;
using JiraWebhooks.Subscriptions;
using NCrontab;

namespace LocalHost.Hosting;

/// <summary>A function that a timer fires.</summary>
/// <param name="Name">Its name, the same as in the Functions app.</param>
/// <param name="Setting">The setting that holds its schedule.</param>
/// <param name="Default">The schedule where none is set.</param>
/// <param name="RunAsync">One run.</param>
internal sealed record TimerFunction(string Name, string Setting, string Default, Func<CancellationToken, Task> RunAsync);

/// <summary>The timer functions of this host, on the schedules of the settings: six-field NCRONTAB in UTC, as the Functions host reads them (decision 16).</summary>
internal sealed class TimerFunctions(WebhookRefresher refresher, FailedDeliveryPoller poller, IConfiguration settings)
{
    public IReadOnlyList<TimerFunction> All { get; } =
    [
        new("RefreshWebhooks", "RefreshSchedule", "0 17 3 * * *", refresher.RunAsync),
        new("PollFailedWebhooks", "PollSchedule", "0 */15 * * * *", poller.RunAsync),
    ];

    public bool TryFind(string name, [NotNullWhen(true)] out TimerFunction? function)
    {
        function = All.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        return function is not null;
    }

    /// <exception cref="LocalHostException">A schedule cannot be read.</exception>
    public CrontabSchedule Schedule(TimerFunction function)
    {
        var text = settings[function.Setting] is { Length: > 0 } set ? set : function.Default;
        return CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = true })
            ?? throw new LocalHostException($"{function.Setting} must have six fields (second minute hour day month weekday), like `{function.Default}`.");
    }
}

/// <summary>Fires the timer functions.</summary>
internal sealed partial class TimerService(TimerFunctions functions, TimeProvider clock, ILogger<TimerService> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(functions.All.Select(function => RunAsync(function, stoppingToken)));

    /// <summary>Runs a function once; what it throws is logged.</summary>
    public async Task FireAsync(TimerFunction function, CancellationToken cancellationToken)
    {
        try
        {
            await function.RunAsync(cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.Broken(logger, function.Name, error);
        }
    }

    private async Task RunAsync(TimerFunction function, CancellationToken stoppingToken)
    {
        var schedule = functions.Schedule(function);
        while (true)
        {
            var now = clock.GetUtcNow().UtcDateTime;
            await Task.Delay(schedule.GetNextOccurrence(now) - now, clock, stoppingToken);
            await FireAsync(function, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Function} failed.")]
        public static partial void Broken(ILogger logger, string function, Exception error);
    }
}
