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
    public async Task Run_DeliveriesOutOfRetries_ArePublishedUnderTheirLiveIdentity_Rule17()
    {
        var identifiers = await _world.FailAsync(World.Globex, 3);

        var result = await _world.PollAsync(World.Globex);

        Assert.Equal((3, 0, null), (result.Recovered, result.Skipped, result.Problem));
        Assert.Equal(identifiers.Select(identifier => DeliveryIdentity.MessageId("globex", identifier)).Order(), _world.Publisher.Messages.Select(message => message.MessageId).Order());
        Assert.All(_world.Publisher.Messages, message => Assert.Equal((true, "jira:issue_updated", false), (message.Recovered, message.Type, message.BodyMissing)));
        Assert.All(_world.Publisher.Messages, message => Assert.Contains(_world.Jira.Ledger.Emitted, emitted => emitted.Body.Span.SequenceEqual(message.Body.Span)));
    }

    [Fact]
    public async Task Run_Again_SkipsTheOverlap_Decision9()
    {
        await _world.FailAsync(World.Globex, 3);
        await _world.PollAsync();

        var result = await _world.PollAsync(World.Globex);

        Assert.Equal(0, result.Recovered);
        Assert.Equal(3, _world.Publisher.Messages.Count);
    }

    [Fact]
    public async Task Run_RecordListedLate_IsFoundByTheOverlap_Rule13()
    {
        await _world.FailAsync(World.Globex, 1);
        var cursor = (await _world.PollAsync(World.Globex)).Cursor!.Value;
        Put("late", cursor.AddMinutes(-4));

        Assert.Equal(1, (await _world.PollAsync(World.Globex)).Recovered);
    }

    [Fact]
    public async Task Run_ManyPagesAndEqualTimes_FindsAll_Rule13()
    {
        var time = _world.Clock.GetUtcNow().AddHours(-2);
        for (var number = 0; number < 240; number++) Put($"id-{number}", number is >= 40 and < 140 ? time : time.AddSeconds(number - 90));

        Assert.Equal(240, (await _world.PollAsync(World.Globex)).Recovered);
        Assert.Equal(240, _world.Publisher.Messages.Select(message => message.MessageId).Distinct().Count());
    }

    [Theory]
    [InlineData(AfterMeaning.Exclusive)]
    [InlineData(AfterMeaning.Inclusive)]
    public async Task Run_PageOfOneFailureTime_IsNotTheEnd_Rule13(AfterMeaning after)
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
    public async Task Run_AfterIgnoredByJira_KeepsTheCursorAndSaysSo_Rule13()
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
    public async Task Run_First_StartsAtWhatJiraKeeps_Rule12()
    {
        Put("old", _world.Clock.GetUtcNow().AddHours(-71));

        var result = await _world.PollAsync(World.Globex);

        Assert.Equal((1, false), (result.Recovered, result.PossibleLoss));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Run_RecordWithoutBody_IsPublishedAsMissing_Decision9(string? body)
    {
        _world.Site(World.Globex).AddFailed(new FailedRecord("id-1", "u", _world.Clock.GetUtcNow().AddHours(-1).ToUnixTimeMilliseconds(), body));

        await _world.PollAsync();

        var message = Assert.Single(_world.Publisher.Messages);
        Assert.True(message.BodyMissing);
        Assert.Equal("globex:id-1", message.MessageId);
    }

    [Fact]
    public async Task Run_PublisherFails_KeepsTheCursor_Rule14()
    {
        await _world.FailAsync(World.Globex, 2);
        _world.Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");

        Assert.NotNull((await _world.PollAsync(World.Globex)).Problem);
        _world.Publisher.Before = (_, _) => Task.CompletedTask;

        Assert.Equal(2, (await _world.PollAsync(World.Globex)).Recovered);
    }

    [Fact]
    public async Task Run_CursorOlderThanJiraKeeps_ReportsAPossibleLoss_Rule15()
    {
        await _world.PollAsync();
        _world.Clock.Advance(TimeSpan.FromHours(80));

        Assert.True((await _world.PollAsync(World.Globex)).PossibleLoss);
        Assert.False((await _world.PollAsync(World.Globex)).PossibleLoss);
    }

    [Fact]
    public async Task Run_QuietSite_CursorFollowsTheClock_Rule15()
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
    public async Task Run_SiteWhoseListIsClosed_IsLeftInPeace_Rule16()
    {
        _world.Site(World.Globex).Faults.FailNext("/failed", 403);
        for (var poll = 0; poll < 5; poll++)
        {
            var result = await _world.PollAsync(World.Globex);
            Assert.Equal((true, null), (result.Unsupported, result.Problem));
        }

        Assert.Equal(1, _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed"));

        // A Connect app may be let in again.
        _world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False((await _world.PollAsync(World.Globex)).Unsupported);
    }

    [Fact]
    public async Task Run_OAuthSite_NeverAsksForTheFailedList_Rule32()
    {
        await _world.PollAsync();

        Assert.Equal(1, _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed"));
    }

    [Fact]
    public async Task Run_RecordFromTheFuture_DoesNotCarryTheCursorAway_Rule14()
    {
        Put("future", _world.Clock.GetUtcNow().AddYears(1));
        Put("now", _world.Clock.GetUtcNow().AddMinutes(-2));

        var result = await _world.PollAsync(World.Globex);

        Assert.Equal(2, result.Recovered);
        Assert.True(result.Cursor <= _world.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Run_JiraFails_IsAProblemOfThatSite_Rule16()
    {
        _world.Site(World.Globex).Faults.MalformNext("/failed");

        var results = await _world.PollAsync();

        Assert.NotNull(results[1].Problem);
        Assert.Null(results[0].Problem);
    }

    [Fact]
    public async Task Run_TwoPollersAtOnce_OneLeavesTheSiteToTheOther_Rule14()
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
