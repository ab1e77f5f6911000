using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>A Jira that answers refreshes and does not extend.</summary>
[Collection<Clocked>]
public sealed class WebhookReplacementTests : IAsyncLifetime
{
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
        foreach (var site in _world.Jira.Sites) site.RefreshExtends = false;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_NotExtended_ReplacesOnlyBelowSevenDays()
    {
        for (var day = 1; day <= 24; day++)
        {
            // A minute less than a day: a run itself may take some seconds of this clock, and the bounds are sharp.
            _world.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(1));
            var result = await _world.RefreshAsync(World.Globex);
            Assert.Equal(day < 24 ? 0 : 2, result.Replaced);
            Assert.Equal(0, result.Failed);
            Assert.Equal(day <= 5 ? 2 : 0, result.Extended);
        }

        _world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, _world.Site(World.Globex).Webhooks.Count);
        Assert.All(_world.Site(World.Globex).Webhooks, webhook => Assert.True(webhook.Expires > _world.Clock.GetUtcNow().AddDays(29)));
    }

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public async Task Run_ReplacingAtTheLimit_DeletesFirstAndCreatesInTheSameRun()
    {
        for (var number = 1; number <= 4; number++) _world.Subscribe(World.Acme, $"more{number}", "project = SHOP", "comment_created");
        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromDays(24));

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(5, result.Replaced);
        Assert.Equal(0, result.Failed);
        Assert.Null(result.Problem);
        Assert.Equal(5, _world.Site(World.Acme).Webhooks.Count);
        Assert.All(_world.Site(World.Acme).Webhooks, webhook => Assert.True(webhook.Expires > _world.Clock.GetUtcNow().AddDays(29)));
    }

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public async Task Run_ReplacementRefused_KeepsTheOldWhileItLives()
    {
        _world.Clock.Advance(TimeSpan.FromDays(24));
        _world.Site(World.Acme).Faults.FailNext("POST /rest/api/3/webhook", 400, times: 5);

        var result = await _world.RefreshAsync(World.Acme);

        Assert.NotNull(result.Problem);
        Assert.Single(_world.Site(World.Acme).Webhooks);
    }

    [Fact]
    [Trait("Rule", "expiry-dates")]
    public async Task Run_ExpiryUnknown_IsNeverReplaced()
    {
        _world.Clock.Advance(TimeSpan.FromDays(25));
        var id = Assert.Single(_world.Site(World.Acme).Webhooks).Id;
        var undated = $$"""{"isLast":true,"values":[{"id":{{id}},"events":["jira:issue_created"],"jqlFilter":"project = SHOP"}]}""";
        _world.Site(World.Acme).Faults.FailNext("GET /rest/api/3/webhook", 200, times: 2, body: undated);

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(0, result.Replaced);
        Assert.Equal(0, result.Failed);
        Assert.Null(result.SoonestExpiry);
        Assert.Equal(id, Assert.Single(_world.Site(World.Acme).Webhooks).Id);
    }
}
