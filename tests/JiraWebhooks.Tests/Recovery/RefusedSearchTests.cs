using JiraWebhooks.Health;
using JiraWebhooks.Recovery;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>What Jira refuses keeps its starting point, makes the site unhealthy with Jira's words, and stops no other filter. Only a filter that
/// is refused for a day is given up, and not without a word.</summary>
[Collection<Clocked>]
public sealed class RefusedSearchTests : IAsyncLifetime
{
    private const string Search = "POST /rest/api/2/search/jql";
    private const string Unavailable = """{"errorMessage": "Site temporarily unavailable", "errorCode": "OTHER"}""";
    private const string NoProject = """{"errorMessages":["The value 'SHOP' does not exist for the field 'project'."]}""";

    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        _world.Subscribe(World.Acme, "bugs", "issuetype = Bug", "jira:issue_updated");
        await _world.RefreshAsync();
        await _world.PollAsync();
        _world.Emit(World.Acme, 3);
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(26), receiverIsDown: true, timerIsDown: true);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(402)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(407)]
    [InlineData(409)]
    [InlineData(410)]
    [InlineData(421)]
    [InlineData(425)]
    [InlineData(451)]
    public async Task Poll_RefusalThatIsNoWordOnTheFilter_KeepsTheStartAndIsTold(int status)
    {
        _world.Unsubscribe(World.Acme, "bugs");
        _world.Site(World.Acme).Faults.FailNext(Search, status, body: Unavailable);

        var refused = await _world.PollAsync(World.Acme);
        _world.Clock.Advance(OutageWorld.Tick);
        var next = await _world.PollAsync(World.Acme);

        Assert.Contains("Site temporarily unavailable", refused.Problem, StringComparison.Ordinal);
        Assert.True(refused.Unfinished);
        Assert.False(refused.PossibleLoss);
        Assert.Equal(0, refused.Recovered);
        Assert.Equal(refused.SearchedFrom, next.SearchedFrom);
        Assert.Equal(1, next.Recovered);
        Assert.Null(next.Problem);
        Assert.False(next.Unfinished);
        Assert.Empty(_world.LostIssues(World.Acme));
    }

    [Fact]
    public async Task Health_AfterARefusal_IsUnhealthyWithJirasWordsUntilTheSearchHasRun()
    {
        _world.Site(World.Acme).Faults.FailNext(Search, 404, times: 2, body: Unavailable);
        await _world.RefreshAsync();

        await _world.PollAsync();
        var refused = await HealthAsync();
        await _world.PollAsync();
        var searched = await HealthAsync();

        Assert.Equal("unhealthy", refused.State);
        Assert.Equal("ok", searched.State);
        Assert.Contains("Site temporarily unavailable", refused.Reason, StringComparison.Ordinal);

        async Task<SiteHealth> HealthAsync() =>
            Assert.Single(await _world.NewInstance().GetRequiredService<IHealthReporter>().ReportAsync([(await _world.FindAsync(World.Acme))!], CancellationToken.None));
    }

    [Theory]
    [InlineData(404, Unavailable)]
    [InlineData(403, Unavailable)]
    [InlineData(400, NoProject)]
    public async Task Poll_OneFilterRefused_TheOthersGoOn(int status, string body)
    {
        _world.Site(World.Acme).Faults.FailNext(Search, status, body: body);

        var poll = await _world.PollAsync(World.Acme);

        Assert.Equal(1, poll.Recovered);
        Assert.True(poll.Unfinished);
        Assert.NotNull(poll.Problem);
    }

    [Fact]
    public async Task Poll_RefusedForDays_IsUnhealthyAllTheTimeAndNeverGivenUp()
    {
        _world.Site(World.Acme).Faults.FailNext(Search, 404, times: 2 * 5 * 96, body: Unavailable);

        var refused = await _world.PassAsync(World.Acme, TimeSpan.FromDays(5));
        _world.Site(World.Acme).Faults.Clear();
        var next = await _world.PollAsync(World.Acme);

        Assert.All(refused, poll => Assert.Contains("Site temporarily unavailable", poll.Problem, StringComparison.Ordinal));
        Assert.All(refused, poll => Assert.False(poll.PossibleLoss));
        Assert.Equal(1, next.Recovered);
        Assert.Equal(refused[0].SearchedFrom, next.SearchedFrom);
        Assert.Null(next.Problem);
    }

    [Fact]
    public async Task Poll_FilterRefusedForAWhile_IsSearchedByWhenJiraAcceptsIt()
    {
        _world.Unsubscribe(World.Acme, "bugs");
        _world.Site(World.Acme).Faults.FailNext(Search, 400, times: 90, body: NoProject);

        var polls = await _world.PassAsync(World.Acme, TimeSpan.FromHours(24));

        Assert.Equal(90, polls.Count(poll => poll.Problem?.Contains("does not exist for the field", StringComparison.Ordinal) is true));
        Assert.All(polls, poll => Assert.False(poll.PossibleLoss));
        Assert.Equal(1, polls[90].Recovered);
        Assert.Null(polls[90].Problem);
    }

    [Fact]
    public async Task Poll_FilterRefusedForADay_IsGivenUpOnceAsAPossibleLoss()
    {
        using var losses = Metrics.Counter("jira.failed.possible_loss");
        _world.Unsubscribe(World.Acme, "bugs");
        _world.Site(World.Acme).Faults.FailNext(Search, 400, times: 200, body: NoProject);

        var polls = await _world.PassAsync(World.Acme, TimeSpan.FromHours(26));

        var end = Assert.Single(polls, poll => poll.PossibleLoss);
        var loss = Assert.Single(end.Losses);
        Assert.Equal(Loss.RefusedFilter, loss.Reason);
        Assert.Contains("webhook issues", loss.Words, StringComparison.Ordinal);
        Assert.Contains("does not exist for the field 'project'", loss.Words, StringComparison.Ordinal);
        Assert.Contains($"{polls[0].SearchedFrom:u}", loss.Words, StringComparison.Ordinal);
        Assert.Contains(loss.Words, end.Problem, StringComparison.Ordinal);
        Assert.InRange(polls.TakeWhile(poll => poll.Problem is not null).Count() * OutageWorld.Tick, TimeSpan.FromHours(24), TimeSpan.FromHours(24.5));
        Assert.Null(polls[^1].Problem);
        Assert.False(polls[^1].Unfinished);
        Assert.Equal(1, losses.Count($"reason=refused_filter site={World.Acme}"));
    }

    [Fact]
    public async Task Poll_FilterThatWasGivenUp_IsTriedAgainAtTheNextOutage()
    {
        _world.Unsubscribe(World.Acme, "bugs");
        _world.Site(World.Acme).Faults.FailNext(Search, 400, times: 97, body: NoProject);
        Assert.Single(await _world.PassAsync(World.Acme, TimeSpan.FromHours(25)), poll => poll.PossibleLoss);
        Assert.Null((await _world.PollAsync(World.Acme)).SearchedFrom);

        _world.Emit(World.Acme, 9);
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(3), receiverIsDown: true, timerIsDown: true);
        _world.Site(World.Acme).Faults.FailNext(Search, 400, body: NoProject);
        var refused = await _world.PollAsync(World.Acme);
        var accepted = await _world.PollAsync(World.Acme);

        Assert.False(refused.PossibleLoss);
        Assert.Equal(1, accepted.Recovered);
        Assert.Contains("SHOP-9", _world.Searched());
    }

    [Fact]
    public async Task Poll_TokenRefusedAfterAGoodPage_IsNoWordOnTheFilter()
    {
        _world.Unsubscribe(World.Acme, "bugs");
        for (var issue = 10; issue < 110; issue++) _world.Emit(World.Acme, issue);
        await _world.Outages().RecordMissingAsync(World.Acme, _world.Clock.GetUtcNow(), CancellationToken.None);
        _world.Site(World.Acme).Issues.KnowsTokens = false;

        var polls = await _world.PassAsync(World.Acme, TimeSpan.FromHours(26));
        _world.Site(World.Acme).Issues.KnowsTokens = true;
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(1));

        Assert.All(polls, poll => Assert.Contains("page token is invalid", poll.Problem, StringComparison.Ordinal));
        Assert.All(polls, poll => Assert.False(poll.PossibleLoss));
        Assert.Empty(_world.LostIssues(World.Acme));
    }

    /// <summary>The case of the report: the webhooks were gone, and the search after their return is refused once.</summary>
    [Fact]
    public async Task Poll_WebhooksGoneAndTheSearchRefusedOnce_SearchesAfterwards()
    {
        await _world.PollAsync();
        _world.Site(World.Acme).Delete(_world.Site(World.Acme).Webhooks.Select(webhook => webhook.Id));
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(26));
        _world.Emit(World.Acme, 7);
        await _world.RefreshAsync();
        _world.Site(World.Acme).Faults.FailNext(Search, 404, times: 2, body: Unavailable);

        var refused = await _world.PollAsync(World.Acme);
        var found = await _world.PassAsync(World.Acme, TimeSpan.FromHours(1));

        Assert.Contains("Site temporarily unavailable", refused.Problem, StringComparison.Ordinal);
        Assert.Contains("SHOP-7", _world.Searched());
        Assert.Contains(found, poll => poll.NewFrom() == refused.SearchedFrom);
    }

    /// <summary>While a site has no grant, nothing is searched for and nothing forgotten.</summary>
    [Fact]
    public async Task Poll_GrantDiedInTheMiddle_GoesOnWhenItIsGiven()
    {
        _world.Site(World.Acme).Faults.FailNext(Search, 401, times: 20);
        var dead = await _world.PollAsync(World.Acme);
        _world.Site(World.Acme).Faults.Clear();
        await _world.GiveGrantAsync(World.Acme);

        var next = await _world.PassAsync(World.Acme, TimeSpan.FromHours(1));

        Assert.NotNull(dead.Problem);
        Assert.Equal(1, next.Sum(poll => poll.Recovered));
    }
}
