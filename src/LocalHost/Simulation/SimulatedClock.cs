using Microsoft.Extensions.Time.Testing;

namespace LocalHost.Simulation;

/// <summary>The clock of tests and of the demo. While it is driven, it moves only when nothing in the process runs, and then to the next timer
/// that is due. Slow work never reaches a time-out of this clock, however busy the machine is:
/// <code>var result = await clock.DriveAsync(work);</code></summary>
/// <remarks>Running work is what the thread pool runs, and what is counted with <see cref="Begin"/>. The pool does not see an operation of the
/// network or of another process: send requests through <see cref="CountingHandler"/> and <see cref="CountingPolicy"/>. The pool belongs to the
/// whole process: a test class that drives a clock must be in a collection that runs alone. A pool thread that blocks until the clock moves
/// waits for ever.</remarks>
internal sealed class SimulatedClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private const int Looks = 50;

    private readonly Lock _gate = new();
    private readonly HashSet<SimulatedTimer> _timers = [];
    private int _running;

    /// <summary>Moves the clock until <paramref name="work"/> is done.</summary>
    /// <exception cref="InvalidOperationException">It is not done after <paramref name="limit"/> on this clock, by default an hour; or nothing
    /// runs and no timer is set, so that it can never be done.</exception>
    public async Task<T> DriveAsync<T>(Task<T> work, TimeSpan? limit = null)
    {
        if (work.IsCompleted) return await work;

        var end = GetUtcNow() + (limit ?? TimeSpan.FromHours(1));
        await MoveAsync(() => work.IsCompleted, () => NextDue switch
        {
            null => throw new InvalidOperationException("Nothing runs and no timer is set, so the work is never done. Operations of the network and of other processes must be counted."),
            { } due when due > end => throw new InvalidOperationException($"The work is not done at {end:O} on the simulated clock."),
            { } due => due,
        });
        return await work;
    }

    /// <inheritdoc cref="DriveAsync{T}(Task{T}, TimeSpan?)"/>
    public async Task DriveAsync(Task work, TimeSpan? limit = null) => await await DriveAsync(Task.WhenAny(work), limit);

    /// <summary>Moves the clock to <paramref name="time"/>, timer by timer, each time only when nothing runs; returns when nothing runs.</summary>
    public async Task MoveToAsync(DateTimeOffset time, CancellationToken cancellationToken = default)
    {
        await MoveAsync(() => cancellationToken.IsCancellationRequested, () => NextDue is { } due && due <= time ? due : GetUtcNow() < time ? time : null);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Returns when nothing runs, without moving the clock.</summary>
    public Task RestAsync() => MoveAsync(() => false, () => null);

    /// <summary>Counts an operation that the thread pool does not see, until the result is disposed.</summary>
    public IDisposable Begin()
    {
        Interlocked.Increment(ref _running);
        return new Operation(this);
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new SimulatedTimer(this, fire => base.CreateTimer(fire, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan), () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Registers a timer that is set.</summary>
    internal void Set(SimulatedTimer timer, Func<DateTimeOffset?> due)
    {
        lock (_gate)
        {
            timer.Due = due();
            if (timer.Due is null) _timers.Remove(timer);
            else _timers.Add(timer);
        }
    }

    private DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate) return _timers.Min(timer => timer.Due);
        }
    }

    // Synchronously if the other running work is about to end; else on its own thread, which leaves the pool to the work.
    private Task MoveAsync(Func<bool> isDone, Func<DateTimeOffset?> next)
    {
        for (var look = default(SpinWait); look.Count < Looks; look.SpinOnce(sleep1Threshold: -1))
        {
            while (TryMove(isDone, next, out var hasEnded))
            {
                if (hasEnded) return Task.CompletedTask;
            }
        }

        return Task.Factory.StartNew(
            () =>
            {
                for (var (look, hasEnded) = (default(SpinWait), false); !hasEnded && !isDone();)
                {
                    if (TryMove(isDone, next, out hasEnded)) look = default;
                    else look.SpinOnce();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    // False while something runs.
    private bool TryMove(Func<bool> isDone, Func<DateTimeOffset?> next, out bool hasEnded)
    {
        hasEnded = false;
        IDisposable moving;
        lock (_gate)
        {
            if (Volatile.Read(ref _running) > 0 || !WorkerPool.IsIdle) return false;

            moving = Begin();
        }

        using (moving)
        {
            var time = isDone() ? null : next();
            hasEnded = time is null;

            // Code that waited for a timer continues here.
            if (time > GetUtcNow()) SetUtcNow(time.Value);
            return true;
        }
    }

    private sealed class Operation(SimulatedClock clock) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) Interlocked.Decrement(ref clock._running);
        }
    }
}
