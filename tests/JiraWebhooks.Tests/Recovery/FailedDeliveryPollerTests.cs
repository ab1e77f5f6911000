using JiraSimulator;
using JiraWebhooks.Publishing;
using JiraWebhooks.Recovery;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Recovery;

[Collection<Clocked>]
public sealed class FailedDeliveryPollerTests : IAsyncLifetime
{
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    [Trait("Rule", "one-identity")]
    public async Task Run_DeliveriesOutOfRetries_ArePublishedUnderTheirLiveIdentity()
    {
        var identifiers = await _world.FailAsync(World.Globex, 3);

        var result = await _world.PollAsync(World.Globex);

        Assert.Equal(3, result.Recovered);
        Assert.Equal(0, result.Skipped);
        Assert.Null(result.Problem);
        Assert.Equal(identifiers.Select(identifier => DeliveryIdentity.MessageId("globex", identifier)).Order(), _world.Publisher.Messages.Select(message => message.MessageId).Order());
        Assert.All(_world.Publisher.Messages, message => Assert.Equal((true, "jira:issue_updated", false), (message.Recovered, message.Type, message.BodyMissing)));
        Assert.All(_world.Publisher.Messages, message => Assert.Contains(_world.Jira.Ledger.Emitted, emitted => emitted.Body.Span.SequenceEqual(message.Body.Span)));
    }

    [Fact]
    [Trait("Decision", "cursor-follows-publish")]
    public async Task Run_Again_SkipsTheOverlap()
    {
        await _world.FailAsync(World.Globex, 3);
        await _world.PollAsync();

        var result = await _world.PollAsync(World.Globex);

        Assert.Equal(0, result.Recovered);
        Assert.Equal(3, _world.Publisher.Messages.Count);
    }

    [Fact]
    [Trait("Rule", "failed-list-pages")]
    public async Task Run_OldRecordsAgain_AreNotReadAgain()
    {
        for (var number = 0; number < 30; number++) Put($"id-{number}", _world.Clock.GetUtcNow().AddHours(-3).AddMinutes(number));
        await _world.PollAsync();

        var result = await _world.PollAsync(World.Globex);

        Assert.Equal(0, result.Recovered);
        Assert.Equal(0, result.Skipped);
    }

    [Fact]
    [Trait("Rule", "failed-list-pages")]
    public async Task Run_RecordListedLate_IsFoundByTheOverlap()
    {
        await _world.FailAsync(World.Globex, 1);
        var cursor = (await _world.PollAsync(World.Globex)).Cursor!.Value;
        Put("late", cursor.AddMinutes(-4));

        Assert.Equal(1, (await _world.PollAsync(World.Globex)).Recovered);
    }

    [Fact]
    [Trait("Rule", "failed-list-pages")]
    public async Task Run_ManyPagesAndEqualTimes_FindsAll()
    {
        var time = _world.Clock.GetUtcNow().AddHours(-2);
        for (var number = 0; number < 240; number++) Put($"id-{number}", number is >= 40 and < 140 ? time : time.AddSeconds(number - 90));

        Assert.Equal(240, (await _world.PollAsync(World.Globex)).Recovered);
        Assert.Equal(240, _world.Publisher.Messages.Select(message => message.MessageId).Distinct().Count());
    }

    [Theory]
    [InlineData(AfterMeaning.Exclusive)]
    [InlineData(AfterMeaning.Inclusive)]
    [Trait("Rule", "failed-list-pages")]
    public async Task Run_PageOfOneFailureTime_IsNotTheEnd(AfterMeaning after)
    {
        _world.Site(World.Globex).After = after;
        var time = _world.Clock.GetUtcNow().AddHours(-2);
        for (var number = 0; number < 60; number++) Put($"id-{number}", time);
        Put("later", time.AddMinutes(1));

        Assert.Equal((61, null), await RunAsync());
        Assert.Equal((0, null), await RunAsync());

        async Task<(int, string?)> RunAsync()
        {
            var poll = await _world.PollAsync(World.Globex);
            return (poll.Recovered, poll.Problem);
        }
    }

    [Fact]
    [Trait("Rule", "failed-list-pages")]
    public async Task Run_AfterIgnoredByJira_KeepsTheCursorAndSaysSo()
    {
        _world.Site(World.Globex).After = AfterMeaning.Ignored;
        var time = _world.Clock.GetUtcNow().AddHours(-70);
        for (var number = 0; number < 60; number++) Put($"id-{number}", time.AddSeconds(number));

        var first = await _world.PollAsync(World.Globex);
        var second = await _world.PollAsync(World.Globex);

        Assert.NotNull(first.Problem ?? second.Problem);
        Assert.True(second.Cursor < time.AddMinutes(1), "the cursor must not pass what was not read");
    }

    [Fact]
    [Trait("Rule", "failed-list-start")]
    public async Task Run_First_StartsAtWhatJiraKeeps()
    {
        Put("old", _world.Clock.GetUtcNow().AddHours(-71));

        var result = await _world.PollAsync(World.Globex);

        Assert.Equal(1, result.Recovered);
        Assert.False(result.PossibleLoss);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [Trait("Decision", "cursor-follows-publish")]
    public async Task Run_RecordWithoutBody_IsPublishedAsMissing(string? body)
    {
        _world.Site(World.Globex).AddFailed(new FailedRecord("id-1", "u", _world.Clock.GetUtcNow().AddHours(-1).ToUnixTimeMilliseconds(), body));

        await _world.PollAsync();

        var message = Assert.Single(_world.Publisher.Messages);
        Assert.True(message.BodyMissing);
        Assert.True(message.Body.IsEmpty);
        Assert.Equal("globex:id-1", message.MessageId);
    }

    [Fact]
    [Trait("Rule", "cursor-after-publish")]
    public async Task Run_PublisherFails_KeepsTheCursor()
    {
        await _world.FailAsync(World.Globex, 2);
        _world.Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");

        Assert.NotNull((await _world.PollAsync(World.Globex)).Problem);
        _world.Publisher.Before = (_, _) => Task.CompletedTask;

        Assert.Equal(2, (await _world.PollAsync(World.Globex)).Recovered);
    }

    /// <summary>Each run ends in the middle, as at its time limit, and all records lie in the time that a poll reads again.</summary>
    [Fact]
    [Trait("Rule", "failed-list-pages")]
    public async Task Run_ListLongerThanARun_GoesOnWhereTheLastEnded()
    {
        var time = _world.Clock.GetUtcNow().AddHours(-3);
        for (var number = 0; number < 60; number++) Put($"id-{number}", time.AddSeconds(number));

        for (var run = 1; run <= 6; run++)
        {
            var calls = _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed");
            var taken = 0;
            _world.Publisher.Before = (_, _) => ++taken > 10 ? throw new TimeoutException("the run ends") : Task.CompletedTask;
            await _world.PollAsync();
            Assert.Equal(10 * run, _world.Publisher.Messages.Count);
            Assert.Equal(2, _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed") - calls);
        }

        _world.Publisher.Before = (_, _) => Task.CompletedTask;
        var last = await _world.PollAsync(World.Globex);
        Assert.Equal((0, 0, null), (last.Recovered, last.Skipped, last.Problem));
        Put("late", last.Cursor!.Value.AddMinutes(-4));
        Assert.Equal(1, (await _world.PollAsync(World.Globex)).Recovered);
    }

    /// <summary>A run that ended near the present has not seen what was listed late before its end.</summary>
    [Fact]
    [Trait("Rule", "failed-list-pages")]
    public async Task Run_EndedInTheMiddleOfThePresent_FindsWhatIsListedLate()
    {
        var time = _world.Clock.GetUtcNow().AddMinutes(-2);
        for (var number = 0; number < 20; number++) Put($"id-{number}", time.AddSeconds(number));
        var taken = 0;
        _world.Publisher.Before = (_, _) => ++taken > 10 ? throw new TimeoutException("the run ends") : Task.CompletedTask;
        await _world.PollAsync();
        _world.Publisher.Before = (_, _) => Task.CompletedTask;
        Put("late", time.AddMinutes(-2));
        _world.Clock.Advance(TimeSpan.FromMinutes(15));
        Put("new", _world.Clock.GetUtcNow());

        Assert.Equal(12, (await _world.PollAsync(World.Globex)).Recovered);
    }

    /// <summary>Only an empty list is the end: the cursor must not pass what such an answer leaves out.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("{\"values\":null}")]
    [InlineData("{\"values\":[null]}")]
    [InlineData("{\"errorMessage\":\"try again later\"}")]
    [Trait("Rule", "failed-list-pages")]
    public async Task Run_AnswerWithoutRecords_KeepsTheCursor(string body)
    {
        await _world.PollAsync();
        _world.Clock.Advance(TimeSpan.FromHours(10));
        Put("unread", _world.Clock.GetUtcNow().AddHours(-5));
        _world.Site(World.Globex).Faults.FailNext("/failed", 200, body: body);

        Assert.Contains("the answer has no deliveries", (await _world.PollAsync(World.Globex)).Problem, StringComparison.Ordinal);

        Assert.Equal(1, (await _world.PollAsync(World.Globex)).Recovered);
    }

    [Fact]
    [Trait("Rule", "possible-loss")]
    public async Task Run_CursorOlderThanJiraKeeps_ReportsAPossibleLoss()
    {
        await _world.PollAsync();
        _world.Clock.Advance(TimeSpan.FromHours(80));

        Assert.True((await _world.PollAsync(World.Globex)).PossibleLoss);
        Assert.False((await _world.PollAsync(World.Globex)).PossibleLoss);
    }

    [Fact]
    [Trait("Rule", "possible-loss")]
    public async Task Run_QuietSite_CursorFollowsTheClock()
    {
        for (var day = 0; day < 10; day++)
        {
            var result = await _world.PollAsync(World.Globex);
            Assert.False(result.PossibleLoss);
            Assert.InRange((_world.Clock.GetUtcNow() - result.Cursor!.Value).TotalHours, 0, 2);
            _world.Clock.Advance(TimeSpan.FromDays(1));
        }
    }

    [Fact]
    [Trait("Rule", "forbidden")]
    public async Task Run_SiteWhoseListIsClosed_IsLeftInPeace()
    {
        _world.Site(World.Globex).Faults.FailNext("/failed", 403);
        for (var poll = 0; poll < 5; poll++)
        {
            var result = await _world.PollAsync(World.Globex);
            Assert.True(result.Unsupported);
            Assert.Null(result.Problem);
        }

        Assert.Equal(1, _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed"));

        // A Connect app may be let in again.
        _world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False((await _world.PollAsync(World.Globex)).Unsupported);
    }

    /// <summary>Meanwhile the search was used, so the old cursor is no loss.</summary>
    [Fact]
    [Trait("Rule", "possible-loss")]
    public async Task Run_ListOpenAgainAfterDays_ReportsNoLossAndReadsOn()
    {
        _world.Site(World.Globex).Faults.FailNext("/failed", 403, times: 100);
        for (var hour = 0; hour < 80; hour++)
        {
            Assert.True((await _world.PollAsync(World.Globex)).Unsupported);
            _world.Clock.Advance(TimeSpan.FromHours(1));
        }

        _world.Site(World.Globex).Faults.Clear();
        Put("later", _world.Clock.GetUtcNow().AddMinutes(-2));
        var open = await _world.PollAsync(World.Globex);

        Assert.Equal((1, false, false), (open.Recovered, open.Unsupported, open.PossibleLoss));
        _world.Clock.Advance(TimeSpan.FromHours(80));
        Assert.True((await _world.PollAsync(World.Globex)).PossibleLoss);
    }

    [Fact]
    [Trait("Decision", "cursor-follows-publish")]
    public async Task Run_RecordsOfTheOverlap_AreCountedAsSkipped()
    {
        for (var number = 0; number < 12; number++) Put($"id-{number}", _world.Clock.GetUtcNow().AddMinutes(-2));
        await _world.PollAsync();
        Put("new", _world.Clock.GetUtcNow().AddMinutes(-1));

        var poll = await _world.PollAsync(World.Globex);

        Assert.Equal((1, 12), (poll.Recovered, poll.Skipped));
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Run_OAuthSite_NeverAsksForTheFailedList()
    {
        await _world.PollAsync();

        Assert.Equal(1, _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed"));
    }

    [Fact]
    [Trait("Rule", "cursor-after-publish")]
    public async Task Run_RecordFromTheFuture_DoesNotCarryTheCursorAway()
    {
        Put("future", _world.Clock.GetUtcNow().AddYears(1));
        Put("now", _world.Clock.GetUtcNow().AddMinutes(-2));

        var result = await _world.PollAsync(World.Globex);

        Assert.Equal(2, result.Recovered);
        Assert.True(result.Cursor <= _world.Clock.GetUtcNow());
    }

    [Fact]
    [Trait("Rule", "forbidden")]
    public async Task Run_JiraFails_IsAProblemOfThatSite()
    {
        _world.Site(World.Globex).Faults.MalformNext("/failed");

        var results = await _world.PollAsync();

        Assert.NotNull(results[1].Problem);
        Assert.Null(results[0].Problem);
    }

    [Fact]
    [Trait("Rule", "cursor-after-publish")]
    public async Task Run_TwoPollersAtOnce_OneLeavesTheSiteToTheOther()
    {
        await _world.FailAsync(World.Globex, 60);
        SitePoller[] pollers = [_world.NewInstance().GetRequiredService<SitePoller>(), _world.NewInstance().GetRequiredService<SitePoller>()];
        var site = (await _world.NewInstance().GetRequiredService<JiraWebhooks.Sites.ISiteStore>().FindAsync(World.Globex, CancellationToken.None))!;

        // No lease keeps these two apart, as when one has outlived its own.
        _world.Publisher.Before = async (_, _) => await Task.Yield();
        var results = await Task.WhenAll(pollers.Select(poller => poller.PollAsync(site, null, CancellationToken.None)));

        Assert.Equal(60, _world.Publisher.Messages.Select(message => message.MessageId).Distinct().Count());
        Assert.True(results.Any(result => result.Problem is null), string.Join('\n', results.Select(result => result.ToString())));
        Assert.Equal(0, (await _world.PollAsync(World.Globex)).Recovered);
    }

    private void Put(string identifier, DateTimeOffset failed) =>
        _world.Site(World.Globex).AddFailed(new FailedRecord(identifier, "https://hooks.example.com/api/deliveries/globex", failed.ToUnixTimeMilliseconds(), """{"webhookEvent":"jira:issue_updated"}"""));
}
