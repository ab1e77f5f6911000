using JiraWebhooks.Recovery;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>What Jira's index does not show yet is searched for again: the whole stretch after a quarter of an hour, its last hour after twelve.</summary>
[Collection<Clocked>]
public sealed class LateIndexTests : IAsyncLifetime
{
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
        await _world.PollAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Poll_ChangeIndexedAfterTheSearch_IsFoundByTheSecondPass()
    {
        await OutageAsync(TimeSpan.FromHours(3) - TimeSpan.FromSeconds(20));
        _world.Site(World.Acme).Issues.IndexLag = TimeSpan.FromSeconds(60);
        _world.Emit(World.Acme, 7);
        await OutageAsync(TimeSpan.FromSeconds(20));

        var first = await _world.PollAsync(World.Acme);
        _world.Clock.Advance(FilterSearch.SecondAfter);
        var second = await _world.PollAsync(World.Acme);

        Assert.False(first.IsRepeat);
        Assert.Equal(0, first.Recovered);
        Assert.True(second.IsRepeat);
        Assert.Equal(first.SearchedFrom, second.SearchedFrom);
        Assert.Equal(1, second.Repeated);
        Assert.Empty(_world.LostIssues(World.Acme));
    }

    /// <summary>Also what was changed at the start of the stretch: an index may take its time with any of them.</summary>
    [Fact]
    public async Task Poll_ChangeAtTheStartOfAnOutageIndexedLate_IsFoundByTheSecondPass()
    {
        _world.Site(World.Acme).Issues.IndexLag = TimeSpan.FromMinutes(185);
        _world.Emit(World.Acme, 7);
        await OutageAsync(TimeSpan.FromHours(3));

        var first = await _world.PollAsync(World.Acme);
        await _world.PassAsync(World.Acme, TimeSpan.FromMinutes(30));

        Assert.Equal(0, first.Recovered);
        Assert.Empty(_world.LostIssues(World.Acme));
    }

    [Fact]
    public async Task Poll_ChangeIndexedHoursLate_IsFoundByTheLatePass()
    {
        await OutageAsync(TimeSpan.FromHours(9.5));
        _world.Site(World.Acme).Issues.IndexLag = TimeSpan.FromHours(12);
        _world.Emit(World.Acme, 7);
        await OutageAsync(TimeSpan.FromHours(0.5));

        var polls = await _world.PassAsync(World.Acme, TimeSpan.FromHours(13));

        var late = Assert.Single(polls, poll => poll.Repeated > 0);
        Assert.Equal(polls[0].SearchedFrom!.Value.AddHours(9), late.SearchedFrom!.Value, TimeSpan.FromMinutes(16));
        Assert.Empty(_world.LostIssues(World.Acme));
    }

    [Fact]
    public async Task Poll_AfterAnOutage_SearchesThreeTimesAndNoMore()
    {
        _world.Emit(World.Acme, 3);
        await OutageAsync(TimeSpan.FromHours(3));

        var polls = await _world.PassAsync(World.Acme, TimeSpan.FromDays(3));

        Assert.Equal([false, true, true], polls.Where(poll => poll.SearchedFrom is not null).Select(poll => poll.IsRepeat));
        Assert.Equal(3, _world.Jira.Ledger.Calls("POST /rest/api/2/search/jql"));
        Assert.Single(_world.Publisher.Messages.Select(message => message.MessageId).Distinct());
        Assert.All(polls, poll => Assert.Equal((null, false), (poll.Problem, poll.Unfinished)));
    }

    /// <summary>What is repeated says so, and does not count as recovered.</summary>
    [Fact]
    public async Task Poll_Repeat_IsNotCountedAsRecovered()
    {
        using var recovered = Metrics.Counter("jira.failed.recovered");
        _world.Emit(World.Acme, 3);
        await OutageAsync(TimeSpan.FromHours(3));

        var polls = await _world.PassAsync(World.Acme, TimeSpan.FromHours(1));

        Assert.Equal(1, polls.Sum(poll => poll.Recovered));
        Assert.Equal(1, polls.Sum(poll => poll.Repeated));
        Assert.Equal(1, recovered.Count($"site={World.Acme}"));
    }

    [Fact]
    public async Task Poll_SecondPassRefused_KeepsItAndTheLatePass()
    {
        _world.Emit(World.Acme, 3);
        await OutageAsync(TimeSpan.FromHours(3));
        await _world.PollAsync();
        _world.Site(World.Acme).Faults.FailNext("POST /rest/api/2/search/jql", 404, times: 40);

        var polls = await _world.PassAsync(World.Acme, TimeSpan.FromHours(14));

        Assert.True(polls.Count(poll => poll.Problem is not null) == 40, string.Join("\n", polls.Select(poll => $"{poll.Problem} {poll.Unfinished}")));
        Assert.Equal(1, polls.Sum(poll => poll.Repeated));
        Assert.Equal(2, polls.Count(poll => poll is { SearchedFrom: not null, Problem: null }));
        Assert.Null(polls[^1].Problem);
        Assert.Null(polls[^1].SearchedFrom);
    }

    /// <summary>While one stretch waits for its repeats, another outage is searched for at once, and for itself.</summary>
    [Fact]
    public async Task Poll_OutageBetweenTwoPasses_IsSearchedForAtOnce()
    {
        await OutageAsync(TimeSpan.FromHours(3));
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(2));
        var gone = _world.Clock.GetUtcNow();
        _world.Emit(World.Acme, 9);

        await OutageAsync(TimeSpan.FromHours(1));
        var polls = await _world.PassAsync(World.Acme, TimeSpan.FromHours(15));

        Assert.Equal(1, polls[0].Recovered);
        Assert.False(polls[0].IsRepeat);
        Assert.InRange(polls[0].SearchedFrom!.Value, gone.AddMinutes(-15), gone);
        Assert.Equal(3, polls.Count(poll => poll.IsRepeat));
    }

    private async Task OutageAsync(TimeSpan time) => await _world.PassAsync(World.Acme, time, receiverIsDown: true, timerIsDown: true);
}
