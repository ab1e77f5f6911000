using JiraWebhooks.Recovery;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>Whatever fails at whatever point, every record is published and the cursor never passes what was not (docs/jira-behaviour.md#cursor-after-publish).</summary>
[Collection<Clocked>]
public sealed class PollCrashTests
{
    private const int Records = 30;

    [Fact]
    [Trait("Rule", "cursor-after-publish")]
    public Task Run_StorageFailsAtAnyCall_LosesNothing() => StorageFaults.AtEveryCallAsync(ReadyAsync, world => world.PollAsync(), AssertAllPublishedAsync);

    [Fact]
    [Trait("Rule", "cursor-after-publish")]
    public Task Run_AnswerOfStorageLostAtAnyWrite_LosesNothing() => StorageFaults.AtEveryAnswerAsync(ReadyAsync, world => world.PollAsync(), AssertAllPublishedAsync);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [Trait("Rule", "cursor-after-publish")]
    public async Task Run_JiraFailsAtAnyPage_LosesNothing(int page)
    {
        await using var world = await ReadyAsync();
        var calls = 0;
        if (page == 1) world.Site(World.Globex).Faults.FailNext("/failed", 500, times: 4);
        world.Publisher.Before = (_, _) =>
        {
            // The page after the one whose first message this is.
            if (calls++ == (page - 2) * 10) world.Site(World.Globex).Faults.FailNext("/failed", 500, times: 4);
            return Task.CompletedTask;
        };
        Assert.NotNull((await world.PollAsync(World.Globex)).Problem);
        world.Publisher.Before = (_, _) => Task.CompletedTask;

        await AssertAllPublishedAsync(world, $"page {page} could not be read");
    }

    [Fact]
    [Trait("Rule", "cursor-after-publish")]
    public async Task Run_KilledAfterAnyMessageWasTaken_LosesNothing()
    {
        for (var last = 1; last <= Records; last++)
        {
            await using var world = await ReadyAsync();
            var taken = 0;
            world.Publisher.After = (_, _) => ++taken == last ? throw new TimeoutException("the answer was lost") : Task.CompletedTask;
            await world.PollAsync();
            world.Publisher.After = (_, _) => Task.CompletedTask;

            await AssertAllPublishedAsync(world, $"the answer to message {last} was lost");
        }
    }

    [Fact]
    [Trait("Rule", "cursor-after-publish")]
    public async Task Run_PublisherFailsAtAnyMessage_LosesNothing()
    {
        for (var failing = 1; failing <= Records; failing++)
        {
            await using var world = await ReadyAsync();
            var sent = 0;
            world.Publisher.Before = (_, _) => ++sent == failing ? throw new TimeoutException("the bus is away") : Task.CompletedTask;
            await world.PollAsync();
            world.Publisher.Before = (_, _) => Task.CompletedTask;

            await AssertAllPublishedAsync(world, $"the publisher failed at message {failing}");
        }
    }

    [Fact]
    [Trait("Decision", "schedules")]
    public async Task Run_PublisherHangsForEver_EndsWithItsBudgetAndLosesNothing()
    {
        await using var world = await ReadyAsync();
        world.Publisher.Before = (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, world.Clock, token);
        Assert.Contains("reached its time limit", (await world.PollAsync(World.Globex)).Problem, StringComparison.Ordinal);
        world.Publisher.Before = (_, _) => Task.CompletedTask;

        await AssertAllPublishedAsync(world, "the publisher hung");
    }

    private static async Task<World> ReadyAsync()
    {
        var world = await World.StartAsync();
        await world.RefreshAsync();
        await world.FailAsync(World.Globex, Records);
        return world;
    }

    private static async Task AssertAllPublishedAsync(World world, string what)
    {
        // Right after the crash: the cursor has not passed anything that is not on the bus.
        var cursor = (await world.NewInstance().GetRequiredService<CursorTable>().ReadAsync(World.Globex, CancellationToken.None)).Cursor?.Time ?? 0;
        var onTheBus = world.Publisher.Messages.Select(message => message.Identifier).ToHashSet();
        Assert.All(world.Site(World.Globex).Failed.Where(record => record.FailureTime <= cursor), record => Assert.Contains(record.Id, onTheBus));

        // A lease whose holder could not give it back runs out by itself.
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.PollAsync();

        var published = world.Publisher.Messages.Select(message => message.Identifier).ToHashSet();
        Assert.True(world.Jira.Ledger.Emitted.All(emitted => published.Contains(emitted.Identifier)), $"Something was lost after {what}.");
    }
}
