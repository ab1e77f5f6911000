using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>While a webhook was gone Jira sent nothing: since when is written down, so that the recovery can search for it.</summary>
[Collection<Clocked>]
public sealed class MissingWebhookTests : IAsyncLifetime
{
    private World _world = null!;
    private DateTimeOffset _lastSeen;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
        for (var day = 0; day < 3; day++)
        {
            _world.Clock.Advance(TimeSpan.FromDays(1));
            _lastSeen = _world.Clock.GetUtcNow();
            await _world.RefreshAsync();
        }
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_NothingWasGone_RecordsNothing() => Assert.Null(await _world.MissingSinceAsync(World.Acme));

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_ManyWebhooksSeen_IsOneWrite()
    {
        for (var number = 1; number <= 30; number++) _world.Subscribe(World.Globex, $"more{number}", "project = SHOP", "comment_created");
        await _world.RefreshAsync();
        var writes = new List<string>();
        _world.Tables.Before = call =>
        {
            if (call.StartsWith("webhooks.", StringComparison.Ordinal) && call is not ("webhooks.query" or "webhooks.create")) writes.Add(call);
        };

        await _world.RefreshAsync();

        Assert.Equal(["webhooks.transaction", "webhooks.transaction"], writes);
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_WebhookVanished_RecordsWhenItWasLastSeen()
    {
        Vanish(_world);

        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Registered);

        AssertLastSeen(await _world.MissingSinceAsync(World.Acme));
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_BreaksOffBeforeTheNewWebhookIsSaved_StillRecords()
    {
        Vanish(_world);
        var recorded = new List<string>();
        _world.Tables.Before = call =>
        {
            recorded.Add(call);
            if (call == "webhooks.upsert") throw new Azure.RequestFailedException(503, "storage is away");
        };

        Assert.Equal(0, (await _world.RefreshAsync(World.Acme)).Registered);

        AssertLastSeen(await _world.MissingSinceAsync(World.Acme));
        Assert.True(recorded.IndexOf("cursors.upsert") < recorded.IndexOf("webhooks.upsert"));
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_StorageFailedAtAnyCallAfterAWebhookVanished_IsRecordedByTheNextRun()
    {
        var lastSeen = DateTimeOffset.MinValue;
        await StorageFaults.AtEveryCallAsync(ReadyAsync, world => world.RefreshAsync(), async (world, what) =>
        {
            world.Clock.Advance(TimeSpan.FromMinutes(10));
            await world.RefreshAsync();

            Assert.Single(world.Site(World.Acme).Webhooks);
            Assert.True(await world.MissingSinceAsync(World.Acme) is { } since && since <= lastSeen, what);
        });

        async Task<World> ReadyAsync()
        {
            var world = await World.StartAsync();
            await world.RefreshAsync();
            lastSeen = world.Clock.GetUtcNow();
            Vanish(world);
            return world;
        }
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_SearchedTooEarlyByAPoll_RecordsAgain()
    {
        Vanish(_world);

        // Between the first record and the registration, a poll searches and closes it.
        _world.Tables.Before = call =>
        {
            if (call != "webhooks.upsert") return;
            _world.Tables.Before = _ => { };
            _world.Tables.GetTableClient(TableNames.Cursors).DeleteEntityAsync(World.Acme, "missing").GetAwaiter().GetResult();
        };

        await _world.RefreshAsync();

        AssertLastSeen(await _world.MissingSinceAsync(World.Acme));
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_TheRecordCannotBeWritten_RegistersAndSaysSo()
    {
        Vanish(_world);
        _world.Tables.Before = call => _ = call == "cursors.upsert" ? throw new Azure.RequestFailedException(503, "storage is away") : call;

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(1, result.Registered);
        Assert.Contains("Could not record", result.Problem, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public async Task Run_DeletedFirstForRoom_RecordsTheGap()
    {
        for (var number = 1; number <= 4; number++) _world.Subscribe(World.Acme, $"more{number}", "project = SHOP", "comment_created");
        await _world.RefreshAsync();
        Assert.Null(await _world.MissingSinceAsync(World.Acme));
        _world.Clock.Advance(TimeSpan.FromHours(5));
        _world.Subscribe(World.Acme, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");
        var started = _world.Clock.GetUtcNow();

        await _world.RefreshAsync();

        Assert.InRange((await _world.MissingSinceAsync(World.Acme))!.Value, started, started.AddMinutes(5));
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_RowOfAnEarlierVersion_RecordsNothing()
    {
        var table = new WebhookTable(new LazyTable(_world.Tables, TableNames.Webhooks));
        var row = Assert.Single(await table.ListAsync(World.Acme, CancellationToken.None));
        await table.SaveAsync(World.Acme, row with { Seen = null }, CancellationToken.None);
        Vanish(_world);

        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Registered);

        Assert.Null(await _world.MissingSinceAsync(World.Acme));
    }

    private static void Vanish(World world)
    {
        world.Site(World.Acme).Delete(world.Site(World.Acme).Webhooks.Select(webhook => webhook.Id));
        world.Clock.Advance(TimeSpan.FromHours(20));
    }

    private void AssertLastSeen(DateTimeOffset? since) => Assert.InRange(since!.Value, _lastSeen, _lastSeen.AddMinutes(5));
}
