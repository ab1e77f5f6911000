using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Storage;

/// <summary>A short lease that is renewed while the work runs: if the process dies, the lease expires within a minute, however long the work
/// may take. If it cannot be renewed, the work is cancelled before another process may take the lease.</summary>
public sealed partial class KeptLease : IAsyncDisposable
{
    /// <summary>The message for work whose lease was lost.</summary>
    internal const string Lost = "The lease of this run was lost. The next run continues.";

    /// <summary>How long the lease is valid without a renewal.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    /// <summary>How often it is renewed.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <summary>The work is cancelled this long before the lease expires, because it needs some time to stop.</summary>
    internal static readonly TimeSpan Margin = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lease _lease;
    private readonly string _name;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _held;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _work;
    private readonly Task _renewing;
    private bool _isDisposed;

    internal KeptLease(Lease lease, string name, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        (_lease, _name, _clock, _logger) = (lease, name, clock, logger);

        // Depends only on the clock: a call to storage that never returns must not keep the work running.
        _held = new CancellationTokenSource(UntilTheEnd(), clock);
        _work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _held.Token);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_work.Token);
        Token = _work.Token;
        _renewing = RenewAsync();
    }

    /// <summary>Cancels the work: its caller has cancelled it, or the lease expires soon.</summary>
    public CancellationToken Token { get; }

    /// <summary>True if the lease could not be renewed.</summary>
    public bool IsLost => _held.IsCancellationRequested;

    /// <summary>Stops the renewal and releases the lease.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;

        _isDisposed = true;
        await _stop.CancelAsync();
        await _renewing;
        await _lease.DisposeAsync();
        _stop.Dispose();
        _work.Dispose();
        _held.Dispose();
    }

    private async Task RenewAsync()
    {
        var wait = Interval;
        while (await WaitAsync(wait))
        {
            try
            {
                if (!await _lease.TryRenewAsync(_held.Token).WaitAsync(_held.Token)) break;
#pragma warning disable RS0030 // This source was made with the clock, and CancelAfter uses that one.
                _held.CancelAfter(UntilTheEnd());
#pragma warning restore RS0030
                wait = Interval;
            }
            catch (Exception error)
            {
                if (IsLost) break;
                Log.NotRenewed(_logger, _name, error.GetType().Name);
                wait = Pause;
            }
        }

        if (_stop.IsCancellationRequested && !IsLost) return;
        Log.Lost(_logger, _name);
        await _held.CancelAsync();
    }

    // False if there is nothing more to renew.
    private async Task<bool> WaitAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, _clock, _stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private TimeSpan UntilTheEnd() => Duration - Margin - _clock.GetElapsedTime(_lease.HeldSince) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The lease {Lease} could not be renewed ({Error}); it is tried again until the lease ends.")]
        public static partial void NotRenewed(ILogger logger, string lease, string error);

        [LoggerMessage(2, LogLevel.Error, "The lease {Lease} is lost, so the work that it guards is cancelled. The next run goes on.")]
        public static partial void Lost(ILogger logger, string lease);
    }
}
