using JiraWebhooks.Recovery;
using JiraWebhooks.Sites;
using JiraWebhooks.Subscriber;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>How a search is made, and that it comes to an end whatever is in its way.</summary>
[Collection<Clocked>]
public sealed class SearchTests : IAsyncLifetime
{
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        _world.Subscribe(World.Acme, "bugs", "issuetype = Bug", "jira:issue_updated");
        await _world.RefreshAsync();
        await _world.PollAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Search_FoundIssue_IsPublishedUnderItsStateAndMarked()
    {
        _world.Emit(World.Acme, 3);
        await OutageAsync();

        var poll = await _world.PollAsync(World.Acme);

        var found = Assert.Single(_world.Publisher.Messages);
        Assert.Equal("recovered:jira:issue_updated", found.Type);
        Assert.True(found.Reconstructed);
        Assert.True(found.Recovered);
        Assert.Equal("SHOP-3", found.IssueKey);
        Assert.Equal($"acme:search:10003:{found.Time!.Value.ToUnixTimeMilliseconds()}", found.MessageId);
        Assert.Equal("acme:10003", found.SessionId);
        Assert.Contains(new KeyValuePair<string, object>(EventProperties.Reconstructed, true), found.Properties());
        Assert.Contains("\"key\":\"SHOP-3\"", System.Text.Encoding.UTF8.GetString(found.Body.Span), StringComparison.Ordinal);
        Assert.Contains("Deletions", poll.Note, StringComparison.Ordinal);
    }

    /// <summary>A subscriber reads the description of a delivery as text, and must be able to read that of a found issue in the same way.</summary>
    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Search_IssueWithRichText_HasItAsDeliveriesHaveIt()
    {
        _world.Jira.Emit(World.Acme, "jira:issue_updated", """{"issue":{"id":"10003","key":"SHOP-3","fields":{"description":"h1. A *bold* word"} } }""");
        await OutageAsync();

        await _world.PollAsync();

        using var body = System.Text.Json.JsonDocument.Parse(Assert.Single(_world.Publisher.Messages).Body);
        Assert.Equal("h1. A *bold* word", body.RootElement.GetProperty("fields").GetProperty("description").GetString());
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Search_Repeated_GivesTheSameIdentities()
    {
        for (var issue = 1; issue <= 30; issue++) _world.Emit(World.Acme, issue);
        await OutageAsync();
        await _world.PollAsync(World.Acme);
        var first = _world.Publisher.Messages.Select(message => message.MessageId).ToList();

        var again = await RecoverAsync(minutes: 300);

        Assert.Equal(30, again.Recovered);
        Assert.Equal(first.Order(), _world.Publisher.Messages.Skip(30).Select(message => message.MessageId).Order());
    }

    [Fact]
    [Trait("Decision", "schedules")]
    public async Task Search_LongerThanItsSlice_GoesOnWhereItStopped()
    {
        _world.Unsubscribe(World.Acme, "bugs");
        for (var issue = 1; issue <= 400; issue++)
        {
            _world.Emit(World.Acme, issue);
            _world.Clock.Advance(TimeSpan.FromSeconds(61));
        }

        await OutageAsync();
        _world.Publisher.Before = (_, token) => Task.Delay(TimeSpan.FromMilliseconds(700), _world.Clock, token);
        var polls = new List<SitePoll>();
        do
        {
            polls.Add(await _world.PollAsync(World.Acme));
        }
        while (polls[^1].Unfinished && polls.Count < 20);

        Assert.InRange(polls.Count, 3, 6);
        Assert.All(polls, poll => Assert.Equal((null, polls[0].SearchedFrom), (poll.Problem, poll.SearchedFrom)));
        Assert.Equal(400, _world.Searched().Distinct().Count());
        Assert.InRange(_world.Searched().Count, 400, 400 + (50 * polls.Count));
        Assert.Null((await _world.PollAsync(World.Acme)).NewFrom());
    }

    [Fact]
    [Trait("Rule", "rate-limits")]
    public async Task Search_LongWaitAsked_EndsTheRunAndTheNextGoesOn()
    {
        for (var issue = 1; issue <= 120; issue++) _world.Emit(World.Acme, issue);
        await OutageAsync();
        _world.Site(World.Acme).Faults.FailNext("POST /rest/api/2/search/jql", 429, retryAfter: "1847");

        Assert.Contains("429", (await _world.PollAsync(World.Acme)).Problem, StringComparison.Ordinal);
        _world.Clock.Advance(TimeSpan.FromMinutes(15));
        var next = await _world.PollAsync(World.Acme);

        Assert.Equal(120, next.Recovered);
        Assert.Null(next.Problem);
        Assert.False(next.Unfinished);
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Search_OneFilterCannotBeSearchedNow_TheOthersAreAndTheNextRunGoesOn()
    {
        await BreakAtTheSecondFilterAsync();

        Assert.Equal(["SHOP-3"], _world.Searched().Distinct());
        Assert.Null((await _world.PollAsync(World.Acme)).Problem);
        Assert.False((await _world.PollAsync(World.Acme)).Unfinished);
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Search_SecondOutageBeforeTheSearchHasEnded_IsSearchedForByEveryFilter()
    {
        await BreakAtTheSecondFilterAsync();
        _world.Unsubscribe(World.Acme, "bugs");
        _world.Emit(World.Acme, 9);
        await OutageAsync();

        Assert.NotNull((await _world.PollAsync(World.Acme)).NewFrom());

        Assert.Contains("SHOP-9", _world.Searched());
        Assert.Empty(_world.LostIssues(World.Acme));
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Search_AnswerThatCannotBeUsed_IsNotTheEndOfIt()
    {
        _world.Emit(World.Acme, 3);
        await OutageAsync();
        _world.Site(World.Acme).Faults.FailNext("POST /rest/api/2/search/jql", 200, body: "{}");

        Assert.NotNull((await _world.PollAsync(World.Acme)).Problem);
        Assert.NotNull((await _world.PollAsync(World.Acme)).NewFrom());
        Assert.Equal(["SHOP-3"], _world.Searched().Distinct());
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Search_OfASiteThatIsSwitchedOff_WaitsUntilItIsOnAgain()
    {
        _world.Emit(World.Acme, 3);
        await OutageAsync();
        var instance = _world.NewInstance();
        var site = (await instance.GetRequiredService<ISiteStore>().FindAsync(World.Acme, CancellationToken.None))!;
        var searcher = instance.GetRequiredService<SiteSearcher>();

        var off = await searcher.PollAsync(site with { Webhooks = [], Disabled = new SiteDisabled(_world.Clock.GetUtcNow(), "calm") }, null, CancellationToken.None);
        var on = await searcher.PollAsync(site, null, CancellationToken.None);

        Assert.Null(off.SearchedFrom);
        Assert.Equal(0, off.Recovered);
        Assert.Equal(1, on.Recovered);
    }

    [Fact]
    [Trait("Rule", "forbidden")]
    public async Task Search_OfAConnectSiteWhoseListIsClosed_TakesItsPlace()
    {
        _world.Site(World.Globex).Faults.FailNext("/failed", 403, times: 100);
        await _world.PollAsync();
        _world.Emit(World.Globex, 5);
        await OutageAsync();

        var poll = await _world.PollAsync(World.Globex);

        Assert.True(poll.Unsupported);
        Assert.Equal(1, poll.Recovered);
        Assert.Null(poll.Problem);
        Assert.False(poll.PossibleLoss);
        Assert.Equal("SHOP-5", Assert.Single(_world.Publisher.Messages, message => message.Site == World.Globex).IssueKey);
    }

    [Fact]
    [Trait("Rule", "no-orphans")]
    public async Task Search_OfAConnectSiteWhoseListIsOpen_OnlyFindsWhatWasNeverSent()
    {
        await _world.FailAsync(World.Globex, 2);
        var gone = _world.Clock.GetUtcNow();
        _world.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Null((await _world.PollAsync(World.Globex)).NewFrom());
        _world.Emit(World.Globex, 9);

        await _world.Outages().RecordMissingAsync(World.Globex, gone, CancellationToken.None);
        var poll = await _world.PollAsync(World.Globex);

        Assert.Equal(gone, poll.SearchedFrom);
        Assert.Contains("SHOP-9", _world.Searched());
        Assert.Null((await _world.PollAsync(World.Globex)).NewFrom());
    }

    /// <summary>What comes from the failed list is the original delivery, and the log must not call it found by search.</summary>
    [Fact]
    public async Task Log_OfAConnectSiteWithAListAndASearch_CountsOnlyWhatTheSearchFound()
    {
        var gone = _world.Clock.GetUtcNow();
        _world.Clock.Advance(TimeSpan.FromHours(1));
        await _world.FailAsync(World.Globex, 2);
        await _world.Outages().RecordMissingAsync(World.Globex, gone, CancellationToken.None);

        var poll = await _world.PollAsync(World.Globex);

        Assert.Equal(2, poll.Recovered - poll.Found);
        var line = Assert.Single(_world.Logs.GetSnapshot(),
            entry => entry.Message.Contains("were found by search", StringComparison.Ordinal) && entry.Message.Contains(World.Globex, StringComparison.Ordinal));
        Assert.Contains($": {poll.Found} issues", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Search_TwoWebhooksWithOneFilter_SearchesByItOnce()
    {
        _world.Subscribe(World.Acme, "bugs", "project = SHOP", "jira:issue_updated");
        _world.Emit(World.Acme, 3);
        await OutageAsync();

        Assert.Equal(1, (await _world.PollAsync(World.Acme)).Recovered);

        Assert.Equal(1, _world.Jira.Ledger.Calls("POST /rest/api/2/search/jql"));
    }

    /// <summary>Jira can have used its five retries in this time.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [Trait("Rule", "search-instead")]
    public async Task Search_NoRunForAsLongAsTheShortestRetries_StartsAtTheLastRun(int ticksLess, bool expected)
    {
        var (searcher, site) = (_world.NewInstance().GetRequiredService<SiteSearcher>(), (await _world.FindAsync(World.Acme))!);
        await searcher.PollAsync(site, null, CancellationToken.None);
        var last = _world.Clock.GetUtcNow();
        _world.Clock.Advance(Outage.ShortestRetries - TimeSpan.FromTicks(ticksLess));

        Assert.Equal(expected ? last : null, (await searcher.PollAsync(site, null, CancellationToken.None)).SearchedFrom);
    }

    /// <summary>A person asks for a shorter time than was lost.</summary>
    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Search_OnRequestDuringALoss_StartsAtTheEarlierOfTheTwo()
    {
        var gone = _world.Clock.GetUtcNow();
        _world.Emit(World.Acme, 3);
        await OutageAsync();

        Assert.Equal(gone, (await RecoverAsync(minutes: 1)).SearchedFrom);
        Assert.Contains("SHOP-3", _world.Searched());
    }

    [Theory]
    [InlineData("sprint_started", 0)]
    [InlineData("jira:version_released", 0)]
    [InlineData("jira:issue_deleted", 0)]
    [InlineData("comment_created", 1)]
    [Trait("Rule", "search-instead")]
    public async Task Search_SubscriptionThatWantsNoChangesOfIssues_GetsNone(string wanted, int found)
    {
        _world.Unsubscribe(World.Acme, "issues");
        _world.Unsubscribe(World.Acme, "bugs");
        _world.Subscribe(World.Acme, "other", "project = SHOP", wanted);
        _world.Emit(World.Acme, 3);
        await OutageAsync();

        Assert.Equal(found, (await _world.PollAsync(World.Acme)).Recovered);
    }

    private async Task BreakAtTheSecondFilterAsync()
    {
        _world.Emit(World.Acme, 3);
        await OutageAsync();
        _world.Publisher.Before = (_, _) =>
        {
            _world.Site(World.Acme).Faults.FailNext("POST /rest/api/2/search/jql", 500, times: 4);
            _world.Publisher.Before = (_, _) => Task.CompletedTask;
            return Task.CompletedTask;
        };
        Assert.True((await _world.PollAsync(World.Acme)).Unfinished);
    }

    // The app is away for three hours; Jira gives up meanwhile.
    private async Task OutageAsync() => await _world.PassAsync(World.Acme, TimeSpan.FromHours(3), receiverIsDown: true, timerIsDown: true);

    private async Task<SitePoll> RecoverAsync(int minutes)
    {
        var instance = _world.NewInstance();
        var site = (await instance.GetRequiredService<ISiteStore>().FindAsync(World.Acme, CancellationToken.None))!;
        return await instance.GetRequiredService<FailedDeliveryPoller>().RecoverAsync(site, TimeSpan.FromMinutes(minutes), CancellationToken.None);
    }
}
