namespace LocalHost.Simulation;

/// <summary>A timer of <see cref="SimulatedClock"/>, which tells the clock when it is due.</summary>
internal sealed class SimulatedTimer : ITimer
{
    private readonly SimulatedClock _clock;
    private readonly Action _callback;
    private readonly ITimer _timer;
    private TimeSpan _period;

    public SimulatedTimer(SimulatedClock clock, Func<TimerCallback, ITimer> create, Action callback)
    {
        (_clock, _callback) = (clock, callback);
        _timer = create(_ => Fire());
    }

    public DateTimeOffset? Due { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _clock.Set(this, () =>
        {
            _period = period;
            return dueTime < TimeSpan.Zero ? null : _clock.GetUtcNow() + dueTime;
        });
        return _timer.Change(dueTime, period);
    }

    public void Dispose()
    {
        _clock.Set(this, () => null);
        _timer.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Fire()
    {
        // Unless it was just set to a later time.
        _clock.Set(this, () => Due > _clock.GetUtcNow() ? Due : _period > TimeSpan.Zero ? Due + _period : null);
        _callback();
    }
}
