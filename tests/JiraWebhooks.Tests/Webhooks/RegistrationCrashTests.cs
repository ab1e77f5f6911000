using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>Whatever fails at whatever point, the next run leaves every declared webhook registered exactly once.</summary>
[Collection<Clocked>]
public sealed class RegistrationCrashTests
{
    [Fact]
    [Trait("Rule", "no-orphans")]
    public Task Run_AfterStorageFailedAtAnyCall_Converges() => StorageFaults.AtEveryCallAsync(() => World.StartAsync(), world => world.RefreshAsync(), AssertConvergesAsync);

    [Fact]
    [Trait("Rule", "no-orphans")]
    public Task Run_AfterAnAnswerOfStorageWasLostAtAnyWrite_Converges() =>
        StorageFaults.AtEveryAnswerAsync(() => World.StartAsync(), world => world.RefreshAsync(), AssertConvergesAsync);

    [Theory]
    [InlineData("GET /rest/api/3/webhook")]
    [InlineData("POST /rest/api/3/webhook")]
    [InlineData("DELETE /rest/api/3/webhook")]
    [InlineData("PUT /rest/api/3/webhook/refresh")]
    [InlineData("POST /oauth/token")]
    [Trait("Rule", "rate-limits")]
    public async Task Run_AfterAnAnswerOfJiraWasLost_Converges(string operation)
    {
        await using var world = await World.StartAsync();
        world.Jira.Faults.LoseAnswerNext(operation);
        world.Jira.Faults.LoseAnswerNext(operation);
        await world.RefreshAsync();

        await AssertConvergesAsync(world, $"the answer of {operation} was lost");
    }

    [Fact]
    [Trait("Rule", "no-orphans")]
    public async Task Run_CreatedAndNeitherSavedNorRemoved_IsRemovedByTheNextRun()
    {
        await using var world = await World.StartAsync();
        world.Tables.Before = call =>
        {
            if (call == "webhooks.upsert") throw new Azure.RequestFailedException(503, "storage is away");
        };
        world.Jira.Faults.FailNext("DELETE /rest/api/3/webhook", 500, times: 20);

        var result = await world.RefreshAsync(World.Acme);

        Assert.Equal(0, result.Registered);
        Assert.Equal(1, result.Failed);
        Assert.Single(world.Site(World.Acme).Webhooks);
        world.Tables.Before = _ => { };
        world.Jira.Faults.Clear();
        await AssertConvergesAsync(world, "nothing could be saved");
    }

    [Fact]
    [Trait("Rule", "no-orphans")]
    public async Task Run_SavingFails_RemovesWhatItCreated()
    {
        await using var world = await World.StartAsync();
        world.Tables.Before = call =>
        {
            if (call == "webhooks.upsert") throw new Azure.RequestFailedException(503, "storage is away");
        };

        await world.RefreshAsync();
        world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(world.Site(World.Acme).Webhooks);
        Assert.Empty(world.Site(World.Globex).Webhooks);
    }

    private static async Task AssertConvergesAsync(World world, string what)
    {
        // A lease whose holder could not give it back runs out by itself.
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        var results = await world.RefreshAsync();
        world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.All(results, result => Assert.True(result is { Failed: 0, Problem: null }, $"After {what}: {result}"));
        Assert.Single(world.Site(World.Acme).Webhooks);
        Assert.Equal(2, world.Site(World.Globex).Webhooks.Count);
        Assert.All(await world.RefreshAsync(), result => Assert.Equal((0, 0), (result.Registered, result.Failed)));
    }
}
