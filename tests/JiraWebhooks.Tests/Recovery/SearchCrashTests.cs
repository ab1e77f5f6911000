using JiraWebhooks.Recovery;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>Whatever fails at whatever point of a search, the next runs bring every issue (docs/jira-behaviour.md#search-instead).</summary>
[Collection<Clocked>]
public sealed class SearchCrashTests
{
    private const int Issues = 60;

    [Fact]
    [Trait("Rule", "search-instead")]
    public Task Run_StorageFailsAtAnyCall_LosesNothing() => StorageFaults.AtEveryCallAsync(ReadyAsync, world => world.PollAsync(), AssertAllFoundAsync);

    [Fact]
    [Trait("Rule", "search-instead")]
    public Task Run_AnswerOfStorageLostAtAnyWrite_LosesNothing() => StorageFaults.AtEveryAnswerAsync(ReadyAsync, world => world.PollAsync(), AssertAllFoundAsync);

    [Fact]
    public Task Run_StorageFailsAtAnyCallOfTheSecondPass_LosesNothing() =>
        StorageFaults.AtEveryCallAsync(ReadyForTheSecondPassAsync, world => world.PollAsync(), AssertAllFoundAsync);

    [Fact]
    public Task Run_AnswerOfStorageLostAtAnyWriteOfTheSecondPass_LosesNothing() =>
        StorageFaults.AtEveryAnswerAsync(ReadyForTheSecondPassAsync, world => world.PollAsync(), AssertAllFoundAsync);

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(50)]
    [InlineData(51)]
    [InlineData(Issues)]
    [Trait("Rule", "search-instead")]
    public async Task Run_PublisherFailsAtAMessage_LosesNothing(int failing)
    {
        await using var world = await ReadyAsync();
        var sent = 0;
        world.Publisher.Before = (_, _) => ++sent == failing ? throw new TimeoutException("the bus is away") : Task.CompletedTask;
        await world.PollAsync();
        world.Publisher.Before = (_, _) => Task.CompletedTask;

        await AssertAllFoundAsync(world, $"the publisher failed at message {failing}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Rule", "search-instead")]
    public async Task Run_SearchFailsAtAPage_LosesNothing(int page)
    {
        await using var world = await ReadyAsync();
        var calls = 0;
        world.Publisher.Before = (_, _) =>
        {
            if (page == 2 && ++calls == 1) world.Site(World.Acme).Faults.FailNext("POST /rest/api/2/search/jql", 500, times: 4);
            return Task.CompletedTask;
        };
        if (page == 1) world.Site(World.Acme).Faults.FailNext("POST /rest/api/2/search/jql", 500, times: 4);
        Assert.NotNull((await world.PollAsync(World.Acme)).Problem);

        await AssertAllFoundAsync(world, $"the search failed at page {page}");
    }

    private static async Task<World> ReadyAsync()
    {
        var world = await World.StartAsync();
        await world.RefreshAsync();
        await world.PollAsync();
        for (var issue = 1; issue <= Issues; issue++) world.Emit(World.Acme, issue);
        await world.PassAsync(World.Acme, TimeSpan.FromHours(2), receiverIsDown: true, timerIsDown: true);
        return world;
    }

    // The index shows nothing yet when the first pass has ended.
    private static async Task<World> ReadyForTheSecondPassAsync()
    {
        var world = await World.StartAsync();
        world.Site(World.Acme).Issues.IndexLag = TimeSpan.FromMinutes(130);
        await world.RefreshAsync();
        await world.PollAsync();
        for (var issue = 1; issue <= Issues; issue++) world.Emit(World.Acme, issue);
        await world.PassAsync(World.Acme, TimeSpan.FromHours(2), receiverIsDown: true, timerIsDown: true);
        Assert.Equal(0, (await world.PollAsync(World.Acme)).Recovered);
        world.Clock.Advance(FilterSearch.SecondAfter);
        return world;
    }

    private static async Task AssertAllFoundAsync(World world, string when)
    {
        // The lease of a run that broke off may have to run out.
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.PollAsync();
        Assert.True(world.LostIssues(World.Acme).Count == 0, when);
    }
}
