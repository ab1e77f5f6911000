using Microsoft.Extensions.Hosting;

namespace FunctionsApp;

/// <summary>Runs what a timer fires, and ends it when the process is told to go: the worker itself cancels an invocation only if the host asks
/// for that one, and would dispose everything under the run.</summary>
public sealed class TimerRuns(IHostApplicationLifetime lifetime, TelemetryFlush telemetry) : IHostedService
{
    private readonly Lock _access = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>One run. Its telemetry is sent before it ends, however it ends.</summary>
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
            // The worker reports "cancelled" only for an exception that has a cancellation inside, and "failed" for the cancellation itself.
            throw new OperationCanceledException("The run was cancelled: the host ended it.", cancelled, stop.Token);
        }
        finally
        {
            lock (_access) _running.Remove(running);
        }
    }

    /// <summary>Nothing to start.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for the runs, which are cancelled by now, so that the host hears how they ended.</summary>
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
