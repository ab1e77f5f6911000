using System.Reflection;
using JiraWebhooks.Hosting;
using Microsoft.Azure.Functions.Worker;

namespace LocalHost.Functions;

/// <summary>Runs the timer functions, by schedule and by hand.</summary>
internal sealed partial class TimerService(IServiceProvider services, IConfiguration settings, TimeProvider clock, ILogger<TimerService> logger) : BackgroundService
{
    // A .NET timer is limited to 49 days, and a schedule may be for New Year's Eve.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public IReadOnlyList<LocalFunction> All { get; } = [.. LocalFunction.All.Where(function => function.Timer is not null)];

    /// <summary>Returns the function of that name, in any case; null if there is none.</summary>
    public LocalFunction? Find(string name) => All.FirstOrDefault(function => string.Equals(function.Name, name, StringComparison.OrdinalIgnoreCase));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(All.Select(function => RunAsync(function, stoppingToken)));

    /// <summary>Runs a function once; an exception is logged.</summary>
    public async Task FireAsync(LocalFunction function, CancellationToken cancellationToken)
    {
        try
        {
            object?[] arguments = [.. function.Method.GetParameters().Select(parameter =>
            parameter.ParameterType == typeof(CancellationToken) ? cancellationToken : (object)new TimerInfo())];
            await (Task)function.Method.Invoke(function.NewInstance(services), BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null)!;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.Broken(logger, function.Name, error);
        }
    }

    private async Task RunAsync(LocalFunction function, CancellationToken stoppingToken)
    {
        var schedule = Schedules.Parse(settings[function.Timer!.Schedule.Trim('%')])!; // LocalApp.Build has validated it
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
