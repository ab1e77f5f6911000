using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.FailedDeliveries;

/// <summary>Whatever fails at whatever point, every record is published and the cursor never passes what was not (rule 14).</summary>
public sealed class PollCrashTests
{
    private const int Records = 30;

    [Fact]
    public async Task Run_StorageFailsAtAnyCall_LosesNothing_Rule14()
    {
        for (var failing = 1; ; failing++)
        {
            await using var world = await ReadyAsync();
            var calls = 0;
            world.Tables.Before = _ =>
            {
                if (++calls == failing) throw new Azure.RequestFailedException(503, "storage is away");
            };
            await world.PollAsync();
            world.Tables.Before = _ => { };

            await AssertAllPublishedAsync(world, $"storage failed at call {failing}");
            if (calls < failing) return;
        }
    }

    [Fact]
    public async Task Run_PublisherFailsAtAnyMessage_LosesNothing_Rule14()
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
    public async Task Run_PublisherHangsForEver_EndsWithItsBudgetAndLosesNothing_Decision16()
    {
        await using var world = await ReadyAsync();
        world.Publisher.Before = (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, token);
        Assert.Contains("time is up", (await world.PollAsync(World.Globex)).Problem, StringComparison.Ordinal);
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
        // A lease whose holder could not give it back runs out by itself.
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.PollAsync();

        var published = world.Publisher.Messages.Select(message => message.Identifier).ToHashSet();
        Assert.True(world.Jira.Ledger.Emitted.All(emitted => published.Contains(emitted.Identifier)), $"Something was lost after {what}.");
    }
}
