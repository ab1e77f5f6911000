using JiraSimulator;
using JiraWebhooks.Recovery;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>A search comes to its end whatever is in its way: each run makes progress, and none makes more requests than its share.</summary>
[Collection<Clocked>]
public sealed class SearchProgressTests : IAsyncLifetime
{
    private const string Search = "POST /rest/api/2/search/jql";

    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
        await _world.PollAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Poll_InterruptedSearch_GoesOnHalfAnHourBeforeItsWatermark()
    {
        await ChangeAsync(issues: 200, every: TimeSpan.FromMinutes(2));
        BreakAfter(messages: 150);

        var broken = await _world.PollAsync(World.Acme);
        var watermark = _world.Publisher.Messages.Max(message => message.Time)!.Value;
        var next = await _world.PollAsync(World.Acme);

        Assert.NotNull(broken.Problem);
        Assert.InRange(watermark - SearchPass.StepBack - Bounds()[^1], SearchRun.Slice, SearchRun.Slice + TimeSpan.FromMinutes(1));
        Assert.InRange(next.Recovered, 50 + 15, 50 + 17);
        Assert.Empty(_world.LostIssues(World.Acme));
    }

    [Fact]
    public async Task Poll_SearchInterruptedEarly_GoesOnNotBeforeItsStart()
    {
        await ChangeAsync(issues: 200, every: TimeSpan.FromSeconds(1));
        BreakAfter(messages: 50);

        var broken = await _world.PollAsync(World.Acme);
        await _world.PollAsync(World.Acme);

        Assert.InRange(broken.SearchedFrom!.Value - SearchPass.Overlap - Bounds()[^1], SearchRun.Slice, SearchRun.Slice + TimeSpan.FromMinutes(1));
        Assert.Empty(_world.LostIssues(World.Acme));
    }

    [Theory]
    [InlineData(Paging.Empty)]
    [InlineData(Paging.Circle)]
    public async Task Poll_PagingThatDoesNotEnd_IsBoundedAndToldAndKeepsTheWatermark(Paging paging)
    {
        await ChangeAsync(issues: 200, every: TimeSpan.FromMinutes(1));
        _world.Site(World.Acme).Issues.Paging = paging;
        var before = _world.Jira.Ledger.Calls(Search);

        var endless = await _world.PollAsync(World.Acme);
        var requests = _world.Jira.Ledger.Calls(Search) - before;
        _world.Site(World.Acme).Issues.Paging = Paging.Normal;

        // Jira does not know the last token any more.
        if (paging is Paging.Empty) Assert.NotNull((await _world.PollAsync(World.Acme)).Problem);
        var next = await _world.PollAsync(World.Acme);

        Assert.Equal(paging is Paging.Circle ? 3 : SearchRun.MostRequests, requests);
        Assert.True(endless.Unfinished);
        Assert.False(endless.PossibleLoss);
        Assert.NotNull(endless.Problem);
        Assert.Equal(endless.SearchedFrom, next.SearchedFrom);
        Assert.Null(next.Problem);
        Assert.False(next.Unfinished);
        Assert.Empty(_world.LostIssues(World.Acme));
    }

    [Fact]
    public async Task Poll_TwoFiltersWithMuchToFind_ShareTheRequestsOfARun()
    {
        _world.Subscribe(World.Acme, "bugs", "issuetype = Bug", "jira:issue_updated");
        _world.Site(World.Acme).Delete(_world.Site(World.Acme).Webhooks.Select(webhook => webhook.Id));
        await ChangeAsync(issues: 6000, every: TimeSpan.FromSeconds(5));
        var before = _world.Jira.Ledger.Calls(Search);

        var poll = await _world.PollAsync(World.Acme);

        // Both find the same issues, each of which is published once.
        Assert.Equal(SearchRun.MostRequests, _world.Jira.Ledger.Calls(Search) - before);
        Assert.Equal(SearchRun.MostRequests / 2 * 50, poll.Recovered);
        Assert.True(poll.Unfinished);
        Assert.Null(poll.Problem);
    }

    /// <summary>As when a run has outlived its lease.</summary>
    [Fact]
    public async Task Poll_TwoRunsAtOnce_OneLeavesTheSearchToTheOther()
    {
        await ChangeAsync(issues: 200, every: TimeSpan.FromSeconds(10));
        SiteSearcher[] searchers = [.. Enumerable.Range(0, 2).Select(_ => _world.NewInstance().GetRequiredService<SiteSearcher>())];
        var site = (await _world.FindAsync(World.Acme))!;
        _world.Publisher.Before = async (_, _) => await Task.Yield();

        var polls = await _world.Clock.DriveAsync(Task.WhenAll(searchers.Select(searcher => searcher.PollAsync(site, null, CancellationToken.None))));
        await _world.PollAsync();

        Assert.Contains(polls, poll => poll.Problem?.Contains(SearchRun.AnotherRun, StringComparison.Ordinal) is true);
        Assert.Empty(_world.LostIssues(World.Acme));
        Assert.Null((await _world.PollAsync(World.Acme)).Problem);
        Assert.False((await _world.PollAsync(World.Acme)).Unfinished);
    }

    /// <summary>An import gives thousands of issues the same time, and Jira compares times by the minute.</summary>
    [Fact]
    public async Task Poll_MinuteWithMoreIssuesThanARunReads_IsReadToItsEnd()
    {
        await ChangeAsync(issues: 1000, every: TimeSpan.Zero);
        _world.Publisher.Before = (_, token) =>
        {
            token.ThrowIfCancellationRequested();
            _world.Clock.Advance(TimeSpan.FromSeconds(0.5));
            return Task.CompletedTask;
        };
        var polls = new List<SitePoll>();
        do
        {
            polls.Add(await _world.PollAsync(World.Acme));
            _world.Clock.Advance(OutageWorld.Tick);
        }
        while (polls[^1].Unfinished && polls.Count < 20);

        Assert.Empty(_world.LostIssues(World.Acme));
        Assert.InRange(polls.Count, 3, 10);
        Assert.InRange(polls.Sum(poll => poll.Recovered), 1000, 1500);
    }

    // Issues change while the app is away.
    private async Task ChangeAsync(int issues, TimeSpan every)
    {
        _world.Clock.Advance(TimeSpan.FromMinutes(10));
        for (var issue = 1; issue <= issues; issue++)
        {
            _world.Emit(World.Acme, issue);
            _world.Clock.Advance(every);
        }

        await _world.PassAsync(World.Acme, TimeSpan.FromHours(2), receiverIsDown: true, timerIsDown: true);
    }

    // Where each search has begun, in order.
    private List<DateTimeOffset> Bounds() => [.. _world.Site(World.Acme).Issues.Searches.Select(search => search.From)];

    // The page after so many messages cannot be had.
    private void BreakAfter(int messages)
    {
        var sent = 0;
        _world.Publisher.Before = (_, _) =>
        {
            if (++sent == messages) _world.Site(World.Acme).Faults.FailNext(Search, 404);
            return Task.CompletedTask;
        };
    }
}
