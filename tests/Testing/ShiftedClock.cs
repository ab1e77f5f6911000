namespace Testing;

/// <summary>A clock that is wrong by <see cref="Ahead"/>, and may be set right. Timers and timestamps are those of <paramref name="right"/>:
/// setting a clock moves neither.</summary>
public sealed class ShiftedClock(TimeProvider right) : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => right.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => right.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => right.GetUtcNow() + Ahead;

    public override long GetTimestamp() => right.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => right.CreateTimer(callback, state, dueTime, period);
}
