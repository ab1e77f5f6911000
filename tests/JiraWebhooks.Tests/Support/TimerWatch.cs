using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Support;

/// <summary>A clock that tells when somebody begins to wait by it: a test moves it on only then, so that no machine is too slow.</summary>
internal sealed class TimerWatch(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Channel<TimeSpan> _begun = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _begun.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Done when a wait of <paramref name="time"/> has begun that was not asked about before.</summary>
    public async Task WaitBeganAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        while (await _begun.Reader.ReadAsync(cancellationToken) != time)
        {
        }
    }
}
