using Microsoft.Extensions.Hosting;

namespace FunctionsApp;

/// <summary>Runs the work of a timer, and cancels it when the process is told to stop: the worker cancels an invocation only if the host asks for
/// it, and would otherwise dispose the services during the run.</summary>
public sealed class TimerRuns(IHostApplicationLifetime lifetime, TelemetryFlush telemetry) : IHostedService
{
    private readonly Lock _access = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Runs the work once. Its telemetry is sent before the method returns or throws.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var running = EndAsync(run, stop.Token);
        lock (_access) _running.Add(running);
        try
        {
            await running;
        }
        catch (OperationCanceledException cancelled) when (stop.IsCancellationRequested)
        {
            // The worker reports "cancelled" only for an exception that contains a cancellation, and "failed" for the cancellation itself.
            throw new OperationCanceledException("The run was cancelled: the host ended it.", cancelled, stop.Token);
        }
        finally
        {
            lock (_access) _running.Remove(running);
        }
    }

    /// <summary>Does nothing.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for the cancelled runs, so that the host receives their result.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task ended;
        lock (_access) ended = Task.WhenAll(_running);
        await ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task EndAsync(Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        try
        {
            await run(cancellationToken);
        }
        finally
        {
            telemetry.Flush();
        }
    }
}
