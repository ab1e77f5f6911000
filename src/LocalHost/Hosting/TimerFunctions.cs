using System.Diagnostics.CodeAnalysis;
using JiraWebhooks;
using JiraWebhooks.FailedDeliveries;
using JiraWebhooks.Subscriptions;
using NCrontab;

namespace LocalHost.Hosting;

/// <summary>A function that a timer fires.</summary>
/// <param name="Name">Its name, the same as in the Functions app.</param>
/// <param name="Setting">The setting that holds its schedule.</param>
/// <param name="RunAsync">One run.</param>
internal sealed record TimerFunction(string Name, string Setting, Func<CancellationToken, Task> RunAsync);

/// <summary>The timer functions of this host, on the schedules of the settings: six-field NCRONTAB in UTC, as the Functions host reads them (decision 16).</summary>
internal sealed class TimerFunctions(WebhookRefresher refresher, FailedDeliveryPoller poller, IConfiguration settings)
{
    public IReadOnlyList<TimerFunction> All { get; } = [new("RefreshWebhooks", Schedules.Refresh, refresher.RunAsync), new("PollFailedWebhooks", Schedules.Poll, poller.RunAsync)];

    public bool TryFind(string name, [NotNullWhen(true)] out TimerFunction? function)
    {
        function = All.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        return function is not null;
    }

    public CrontabSchedule Schedule(TimerFunction function) => Schedules.Parse(settings[function.Setting])!;
}

/// <summary>Fires the timer functions.</summary>
internal sealed partial class TimerService(TimerFunctions functions, TimeProvider clock, ILogger<TimerService> logger) : BackgroundService
{
    // A timer takes no more than 49 days, and a schedule may be for New Year's Eve.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

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
            await WaitAsync(schedule.GetNextOccurrence(clock.GetUtcNow().UtcDateTime), clock, stoppingToken);
            await FireAsync(function, stoppingToken);
        }
    }

    internal static async Task WaitAsync(DateTime next, TimeProvider clock, CancellationToken stoppingToken)
    {
        while (next - clock.GetUtcNow().UtcDateTime is { Ticks: > 0 } wait) await Task.Delay(wait < Longest ? wait : Longest, clock, stoppingToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Function} failed.")]
        public static partial void Broken(ILogger logger, string function, Exception error);
    }
}
