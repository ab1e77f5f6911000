using JiraWebhooks.Runs;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Recovery;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Health;

/// <summary>A run of a timer saves times while our clock is wrong. When the clock is right again, none of them stops the next run, and none hides a
/// gap.</summary>
[Collection<Clocked>]
[Trait("Decision", "storage-has-the-clock")]
public sealed class WrongClockRunsTests : IAsyncLifetime
{
    private World _world = null!;

    public static TheoryData<double> Shifts => [-5, -20 / 60.0, 20 / 60.0, 5];

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
        await _world.PollAsync();
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [MemberData(nameof(Shifts))]
    public async Task Poll_AfterARunWithAWrongClock_Recovers(double hoursAhead)
    {
        var failed = await _world.FailAsync(World.Globex, 3);
        await WhileWrongAsync(hoursAhead, PollAsync);

        await AssertNextPollRecoversAsync(failed);
    }

    [Theory]
    [MemberData(nameof(Shifts))]
    public async Task Poll_AfterAWaitThatWasSavedWithAWrongClock_Recovers(double hoursAhead)
    {
        var failed = await _world.FailAsync(World.Globex, 3);
        _world.Site(World.Globex).Faults.FailNext("GET /rest/api/3/webhook/failed", 429, times: 10, retryAfter: "400");
        await WhileWrongAsync(hoursAhead, PollAsync);
        _world.Site(World.Globex).Faults.Clear();

        await AssertNextPollRecoversAsync(failed);
    }

    [Theory]
    [MemberData(nameof(Shifts))]
    public async Task Poll_AfterAKillWithAWrongClock_Recovers(double hoursAhead)
    {
        var failed = await _world.FailAsync(World.Globex, 3);
        await WhileWrongAsync(hoursAhead, async () =>
            Assert.NotNull(await Leases.TryAcquireAsync(RunKind.Poll, World.Globex, KeptLease.Duration, CancellationToken.None)));

        await AssertNextPollRecoversAsync(failed);
    }

    [Theory]
    [MemberData(nameof(Shifts))]
    public async Task Poll_ListWasClosedWithAWrongClock_IsReadAgainAfterItsPause(double hoursAhead)
    {
        var failed = await _world.FailAsync(World.Globex, 3);
        _world.Site(World.Globex).Faults.FailNext("GET /rest/api/3/webhook/failed", 403);
        await WhileWrongAsync(hoursAhead, PollAsync);
        _world.Site(World.Globex).Faults.Clear();
        _world.Clock.Advance(TimeSpan.FromHours(1));

        await AssertNextPollRecoversAsync(failed);
    }

    [Theory]
    [MemberData(nameof(Shifts))]
    public async Task Refresh_AfterARunWithAWrongClock_IsDueADayLater(double hoursAhead)
    {
        await WhileWrongAsync(hoursAhead, RefreshAsync);
        var before = _world.Jira.Ledger.Calls("PUT /rest/api/3/webhook/refresh");
        _world.Clock.Advance(TimeSpan.FromHours(21));

        await RefreshAsync();

        Assert.Equal(before + 2, _world.Jira.Ledger.Calls("PUT /rest/api/3/webhook/refresh"));
    }

    /// <summary>The search for an OAuth site begins at the last run that found the site working, by storage's clock.</summary>
    [Theory]
    [MemberData(nameof(Shifts))]
    public async Task Search_AppWasAwayAfterARunWithAWrongClock_FindsWhatChanged(double hoursAhead)
    {
        await WhileWrongAsync(hoursAhead, PollAsync);
        _world.Emit(World.Acme, 7);
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(3), receiverIsDown: true, timerIsDown: true);

        await PollAsync();

        Assert.Empty(_world.LostIssues(World.Acme));
    }

    /// <summary>Webhooks were last seen by a run with a wrong clock, and are gone at the next.</summary>
    [Theory]
    [MemberData(nameof(Shifts))]
    public async Task Search_WebhooksGoneAfterARunWithAWrongClock_FindsWhatChanged(double hoursAhead)
    {
        await WhileWrongAsync(hoursAhead, RefreshAsync);
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(1));
        var seen = _world.Clock.GetUtcNow();
        _world.Site(World.Acme).Delete(_world.Site(World.Acme).Webhooks.Select(webhook => webhook.Id).ToList());
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(1));
        await _world.RefreshAsync();

        var missing = await _world.Outages().MissingAsync(World.Acme, CancellationToken.None);

        Assert.NotNull(missing);
        Assert.True(missing.From <= seen, $"missing since {missing.From:u}, gone at {seen:u}");
    }

    /// <summary>The clock was ahead for long, or was set back: what is stored is in the future as long as it stays there.</summary>
    [Theory]
    [InlineData(-20 / 60.0)]
    [InlineData(-5)]
    public async Task Refresh_ClockStaysBehind_WorksAllTheSame(double hoursAhead)
    {
        _world.Site(World.Acme).Faults.FailNext("GET /rest/api/3/webhook", 429, times: 10, retryAfter: "400");
        _world.Subscribe(World.Acme, "more", "project = OTHER", "jira:issue_created");
        await RefreshAsync();
        _world.Site(World.Acme).Faults.Clear();
        _world.Clock.Advance(TimeSpan.FromMinutes(15));
        _world.Ours.Ahead = TimeSpan.FromHours(hoursAhead);

        await RefreshAsync();

        Assert.Contains(_world.Site(World.Acme).Webhooks, webhook => webhook.Jql == "project = OTHER");
    }

    /// <summary>Jira has asked to wait for ten minutes; our clock is wrong all the time.</summary>
    [Theory]
    [InlineData(-20, 1, false)]
    [InlineData(20, 1, false)]
    [InlineData(-20, 11, true)]
    [InlineData(20, 11, true)]
    [Trait("Rule", "rate-limits")]
    public async Task Poll_ClockStaysWrong_WaitsAsLongAsJiraAsked(int minutesAhead, int minutes, bool expected)
    {
        _world.Ours.Ahead = TimeSpan.FromMinutes(minutesAhead);
        _world.Site(World.Globex).Faults.FailNext("GET /rest/api/3/webhook/failed", 429, times: 10, retryAfter: "600");
        await PollAsync();
        _world.Site(World.Globex).Faults.Clear();
        _world.Clock.Advance(TimeSpan.FromMinutes(minutes));
        var before = _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed");

        await PollAsync();

        Assert.Equal(expected, _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed") > before);
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(61, true)]
    public async Task Poll_ClockStaysBehind_ReadsAClosedListAgainAfterItsPause(int minutes, bool expected)
    {
        _world.Site(World.Globex).Faults.FailNext("GET /rest/api/3/webhook/failed", 403);
        await PollAsync();
        _world.Clock.Advance(TimeSpan.FromMinutes(minutes));
        _world.Ours.Ahead = TimeSpan.FromMinutes(-20);
        var before = _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed");

        await PollAsync();

        Assert.Equal(expected, _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed") > before);
    }

    private LeaseTable Leases => _world.NewInstance().GetRequiredService<LeaseTable>();

    private async Task WhileWrongAsync(double hoursAhead, Func<Task> work)
    {
        _world.Ours.Ahead = TimeSpan.FromHours(hoursAhead);
        await work();
        _world.Ours.Ahead = TimeSpan.Zero;
        _world.Clock.Advance(TimeSpan.FromMinutes(15));
    }

    private async Task AssertNextPollRecoversAsync(IReadOnlyList<string> identifiers)
    {
        await PollAsync();
        _world.AssertRecovered(identifiers);
    }

    private Task RefreshAsync() => _world.RefreshTimerAsync();

    private Task PollAsync() => _world.PollTimerAsync();
}
