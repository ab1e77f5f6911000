using JiraWebhooks.Recovery;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>When a search is made: every outage in which Jira can have given up, seen from either side, and no other.</summary>
[Collection<Clocked>]
public sealed class SearchOutageTests : IAsyncLifetime
{
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
        await _world.PollAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(30));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(39)]
    [InlineData(90)]
    [InlineData(600)]
    [Trait("Rule", "search-instead")]
    public async Task Poll_AppWasDownLongerThanJiraRetries_FindsEveryIssueOnce(int minutes)
    {
        for (var issue = 1; issue <= 120; issue++) _world.Emit(World.Acme, issue);

        await PassAsync(minutes, receiverIsDown: true, timerIsDown: true);
        var polls = await PassAsync(120);

        Assert.NotNull(polls[0].SearchedFrom);
        Assert.Empty(_world.LostIssues(World.Acme));
        Assert.Equal(120, _world.Searched().Distinct().Count());
        Assert.Equal(120, polls.Sum(poll => poll.Recovered));
        Assert.Equal(120, polls.Sum(poll => poll.Repeated));
        Assert.All(polls.Skip(1), poll => Assert.Null(poll.NewFrom()));
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Poll_ReceiverFailedLongerThanJiraRetries_FindsEveryIssue()
    {
        _world.Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");
        for (var issue = 1; issue <= 20; issue++) _world.Emit(World.Acme, issue);
        await PassAsync(90);
        _world.Publisher.Before = (_, _) => Task.CompletedTask;

        _world.Emit(World.Acme, 21);
        await PassAsync(60);

        Assert.Empty(_world.LostIssues(World.Acme));
        Assert.Equal(20, _world.Searched().Distinct().Count(key => key != "SHOP-21"));
        Assert.All(await PassAsync(120), poll => Assert.Null(poll.NewFrom()));
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Poll_ReceiverFailedAndThenTheAppWasDown_SearchesFromTheFirstFailure()
    {
        _world.Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");
        for (var issue = 1; issue <= 50; issue++) _world.Emit(World.Acme, issue);
        await PassAsync(22);
        _world.Publisher.Before = (_, _) => Task.CompletedTask;
        await _world.PollAsync();

        await PassAsync(90, receiverIsDown: true, timerIsDown: true);
        await PassAsync(60);

        Assert.Empty(_world.LostIssues(World.Acme));
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Poll_FailureThatJiraRetriedInTime_IsNotSearchedFor()
    {
        _world.Publisher.Before = (message, _) => message.Retry < 2 ? throw new TimeoutException("the bus is away") : Task.CompletedTask;
        _world.Emit(World.Acme);

        var polls = await PassAsync(180);

        Assert.All(polls, poll => Assert.Null(poll.NewFrom()));
        Assert.Single(_world.Publisher.Messages);
        Assert.Null(await _world.Outages().ReadAsync(World.Acme, CancellationToken.None));
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Poll_OneFailureAndThenSilence_IsSearchedFor()
    {
        // After half an hour of failures Jira tries an event once and no more.
        _world.Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");
        _world.Emit(World.Acme);
        using (var client = _world.Client()) await _world.Jira.DeliverDueAsync(client, CancellationToken.None);
        _world.Publisher.Before = (_, _) => Task.CompletedTask;

        await PassAsync(60, receiverIsDown: true);

        Assert.Equal(["SHOP-1"], _world.Searched().Distinct());
        Assert.Empty(_world.LostIssues(World.Acme));
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Poll_OutageThatNeverEnded_IsSearchedForFromItsNextFailureAlone()
    {
        await Poll_OneFailureAndThenSilence_IsSearchedFor();
        await PassAsync(600, receiverIsDown: true);
        var at = _world.Clock.GetUtcNow();
        await _world.Outages().RecordFailureAsync(World.Acme, _world.Clock.GetTimestamp(), null, CancellationToken.None);
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        await _world.Outages().RecordAcceptedAsync(World.Acme, _world.Clock.GetTimestamp(), CancellationToken.None);

        var polls = await PassAsync(60);

        Assert.Equal(at, polls.Single(poll => poll.NewFrom() is not null).SearchedFrom);
        Assert.Null(await _world.Outages().ReadAsync(World.Acme, CancellationToken.None));
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Poll_OutageThatGoesOnForHours_IsNotWaitedOut()
    {
        var began = _world.Clock.GetUtcNow();
        for (var tick = 0; tick < 12; tick++)
        {
            await _world.Outages().RecordFailureAsync(World.Acme, _world.Clock.GetTimestamp(), null, CancellationToken.None);
            Assert.All(await PassAsync(15), poll => Assert.Null(poll.NewFrom()));
        }

        await _world.Outages().RecordFailureAsync(World.Acme, _world.Clock.GetTimestamp(), null, CancellationToken.None);

        Assert.Equal(began, (await _world.PollAsync(World.Acme)).NewFrom());
        Assert.Null((await _world.PollAsync(World.Acme)).NewFrom());
    }

    [Fact]
    [Trait("Rule", "no-orphans")]
    public async Task Poll_WebhooksWereGone_SearchesFromWhenTheyWereLastSeen()
    {
        _world.Site(World.Acme).Delete(_world.Site(World.Acme).Webhooks.Select(webhook => webhook.Id));
        await PassAsync(60);
        _world.Emit(World.Acme, 7);
        await PassAsync(60);
        Assert.Empty(_world.Publisher.Messages);

        await _world.RefreshAsync();
        await PassAsync(15);

        Assert.Equal(["SHOP-7"], _world.Searched());
        Assert.All(await PassAsync(60), poll => Assert.Null(poll.NewFrom()));
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task Poll_GrantWasDead_SearchesThatTimeWhenItIsRenewed()
    {
        _world.Jira.OAuth.RevokeAll(_world.Site(World.Acme).Options.ClientId);
        _world.Clock.Advance(TimeSpan.FromHours(2));
        await _world.RefreshAsync();
        _world.Emit(World.Acme, 7);
        Assert.All(await PassAsync(120), poll => Assert.Contains("connected again", poll.Problem, StringComparison.Ordinal));

        await _world.GiveGrantAsync(World.Acme);
        await PassAsync(30);

        Assert.Contains("SHOP-7", _world.Searched());
    }

    private Task<IReadOnlyList<SitePoll>> PassAsync(int minutes, bool receiverIsDown = false, bool timerIsDown = false) =>
        _world.PassAsync(World.Acme, TimeSpan.FromMinutes(minutes), receiverIsDown, timerIsDown);
}
