using JiraWebhooks.Tests.Recovery;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Health;

/// <summary>The clock of one host is wrong, in either direction and for any time: nothing is lost, and nothing is given up too soon. Rows with 0 are
/// controls: the same with a right clock.</summary>
[Collection<Clocked>]
[Trait("Decision", "storage-has-the-clock")]
public sealed class WrongClockLossTests : IAsyncLifetime
{
    private World _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-20, 4)]
    [InlineData(-25, 1)]
    [InlineData(-60, 2)]
    public async Task Poll_OneReceiversClockIsBehind_FindsWhatItRefused(int minutesAhead, int others)
    {
        await _world.PollAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(30));
        var bad = _world.NewInstance();
        var good = Enumerable.Range(0, others).Select(_ => _world.NewInstance()).ToList();
        var end = _world.Clock.GetUtcNow().AddHours(4);
        using var client = _world.Client();

        // Jira's attempts for these five all come to the bad receiver; the control refuses them because the bus is away for it.
        for (var issue = 1; issue <= 5; issue++) _world.Emit(World.Acme, issue);
        for (var minute = 0; _world.Clock.GetUtcNow() < end; minute++)
        {
            _world.Receiver = bad;
            _world.Ours.Ahead = TimeSpan.FromMinutes(minutesAhead);
            if (minutesAhead == 0) _world.Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");
            await _world.Jira.DeliverDueAsync(client, Token);
            _world.Publisher.Before = (_, _) => Task.CompletedTask;
            _world.Ours.Ahead = TimeSpan.Zero;

            _world.Receiver = good[minute % good.Count];
            _world.Clock.Advance(TimeSpan.FromSeconds(5));
            _world.Emit(World.Acme, 100 + minute);
            await _world.Jira.DeliverDueAsync(client, Token);
            if (minute % 15 == 14) await _world.PollAsync();
            await _world.Clock.MoveToAsync(_world.Clock.GetUtcNow().AddSeconds(55));
        }

        _world.Receiver = good[0];
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(24));

        Assert.Empty(_world.LostIssues(World.Acme));
    }

    // The machine was away for 3 h, comes back with a clock that is behind, and is set right an hour later.
    [Theory]
    [InlineData(0)]
    [InlineData(-13)]
    [InlineData(-20)]
    [InlineData(-120)]
    public async Task Poll_AppComesBackWithAClockBehind_FindsWhatWasMissed(int minutesAhead)
    {
        await _world.PollAsync();
        for (var issue = 1; issue <= 20; issue++) _world.Emit(World.Acme, issue);
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(3), receiverIsDown: true, timerIsDown: true);
        _world.Ours.Ahead = TimeSpan.FromMinutes(minutesAhead);
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(1));
        _world.Ours.Ahead = TimeSpan.Zero;
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(24));

        Assert.Empty(_world.LostIssues(World.Acme));
    }

    // Receivers and timers are different processes; only the clock of the timers is behind. (-300, 0): it is never set right.
    [Theory]
    [InlineData(0, 24)]
    [InlineData(-20, 24)]
    [InlineData(-90, 24)]
    [InlineData(0, 0)]
    [InlineData(-300, 0)]
    public async Task Poll_TimersClockIsBehind_FindsWhatTheReceiversCouldNotPublish(int minutesAhead, int hoursRightAgain)
    {
        await _world.PollAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(30));
        _world.Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");
        for (var issue = 1; issue <= 20; issue++) _world.Emit(World.Acme, issue);
        await PassWithWrongTimersAsync(90, minutesAhead);
        _world.Publisher.Before = (_, _) => Task.CompletedTask;
        _world.Emit(World.Acme, 21);
        await PassWithWrongTimersAsync(hoursRightAgain == 0 ? 120 : 300, minutesAhead);
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(hoursRightAgain));

        Assert.Empty(_world.LostIssues(World.Acme));
    }

    // An instance 10 min ahead accepts one; the next failures are recorded by one that is a second behind (or by storage a second later).
    [Theory]
    [InlineData(0)]
    [InlineData(600)]
    public async Task Poll_FailuresAfterAnAcceptanceByAClockAhead_AreFound(int secondsAhead)
    {
        await _world.PollAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(30));
        await FailOnceAsync(1);
        _world.Receiver = _world.NewInstance();
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        _world.Ours.Ahead = TimeSpan.FromSeconds(secondsAhead);
        _world.Emit(World.Acme, 2);
        await DeliverDueAsync();

        _world.Receiver = _world.NewInstance();
        _world.Clock.Advance(TimeSpan.FromMinutes(2));
        await FailOnceAsync(3);
        _world.Ours.Ahead = TimeSpan.Zero;
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(2), receiverIsDown: true);
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(2));

        Assert.Empty(_world.LostIssues(World.Acme));
    }

    // The receivers have the right time, the timers have not.
    private async Task PassWithWrongTimersAsync(int minutes, int minutesAhead)
    {
        for (var passed = 0; passed < minutes; passed += 15)
        {
            await _world.PassAsync(World.Acme, OutageWorld.Tick, timerIsDown: true);
            _world.Ours.Ahead = TimeSpan.FromMinutes(minutesAhead);
            await _world.PollAsync();
            _world.Ours.Ahead = TimeSpan.Zero;
        }
    }

    private async Task FailOnceAsync(int issue)
    {
        _world.Ours.Ahead = TimeSpan.FromSeconds(-1);
        _world.Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");
        _world.Emit(World.Acme, issue);
        await DeliverDueAsync();
        _world.Publisher.Before = (_, _) => Task.CompletedTask;
    }

    private async Task DeliverDueAsync()
    {
        using var client = _world.Client();
        await _world.Jira.DeliverDueAsync(client, Token);
    }
}
