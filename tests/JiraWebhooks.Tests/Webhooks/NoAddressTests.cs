using JiraSimulator;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>An older tenant, whose list tells no address: only what was remembered is known to be ours.</summary>
[Collection<Clocked>]
public sealed class NoAddressTests : IAsyncLifetime
{
    private World _world = null!;

    private SimulatedSite Globex => _world.Site(World.Globex);

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        foreach (var site in _world.Jira.Sites) site.ListsUrls = false;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Run_UnknownWebhook_IsNeverDeleted()
    {
        var production = _world.Site(World.Acme).Add("https://production.example.com/api/deliveries/acme", ["jira:issue_updated"], "project = SHOP");

        var result = await _world.RefreshAsync(World.Acme);
        _world.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Contains("1 webhook(s) without an address", result.Problem, StringComparison.Ordinal);
        Assert.Contains("TakeOver", result.Problem, StringComparison.Ordinal);
        Assert.Equal(production, Assert.Single(_world.Site(World.Acme).Webhooks).Id);
    }

    /// <summary>Jira refuses each webhook because of the address of the other one, not because of its content.</summary>
    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Run_TakeOverAfterARefusalBecauseOfTheUnknown_RegistersEverything()
    {
        _world.Site(World.Acme).Add("https://production.example.com/api/deliveries/acme", ["jira:issue_updated"], "project = SHOP");
        Assert.Contains("Only a single URL", (await _world.RefreshAsync(World.Acme)).Problem, StringComparison.Ordinal);
        Assert.All(await _world.RowsAsync(World.Acme), row => Assert.Null(row.Refusal));

        _world.Settings["TakeOver"] = "true";
        var taken = await _world.RefreshAsync(World.Acme);

        Assert.Equal(0, taken.Failed);
        Assert.All(_world.Site(World.Acme).Webhooks, webhook => Assert.StartsWith("https://hooks.example.com/", webhook.Url, StringComparison.Ordinal));
    }

    /// <summary>The next day it is deleted, and nothing is remembered that stops the registration.</summary>
    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Run_TakeOverWhileJiraIsSlowToDelete_RegistersTheNextDay()
    {
        var acme = _world.Site(World.Acme);
        acme.ListsUrls = true;
        acme.Add("https://production.example.com/api/deliveries/acme", ["jira:issue_updated"], "project = SHOP");
        acme.DeletionTime = TimeSpan.FromMinutes(5);
        _world.Settings["TakeOver"] = "true";
        Assert.NotEqual(0, (await _world.RefreshAsync(World.Acme)).Failed);

        acme.DeletionTime = TimeSpan.FromSeconds(1);
        _world.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(0, (await _world.RefreshAsync(World.Acme)).Failed);
    }

    /// <summary>A list that cannot be read because of one address would end the run, and all webhooks would expire.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("/api/deliveries/acme")]
    [InlineData("https://[")]
    [Trait("Decision", "take-over")]
    public async Task Run_AddressThatIsNone_CountsAsMissing(string address)
    {
        _world.Site(World.Acme).ListsUrls = true;
        _world.Site(World.Acme).Add(address, ["jira:issue_updated"], "project = SHOP");

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Contains("1 webhook(s) without an address", result.Problem, StringComparison.Ordinal);
        Assert.Equal(address, Assert.Single(_world.Site(World.Acme).Webhooks).Url);
    }

    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Run_UnknownBesideOurs_OursAreKeptAlive()
    {
        await _world.RefreshAsync();
        var unknown = Globex.Add("https://hooks.example.com/api/deliveries/globex", ["comment_created"], "project = X");
        _world.Unsubscribe(World.Globex, "comments");
        _world.Subscribe(World.Globex, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");
        _world.Clock.Advance(TimeSpan.FromDays(1));

        var result = await _world.RefreshAsync(World.Globex);
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1, result.Registered);
        Assert.Equal(0, result.Failed);
        Assert.Contains("without an address", result.Problem, StringComparison.Ordinal);
        Assert.Equal([(unknown, "project = X"), (unknown + 1, "project = OTHER")], Globex.Webhooks.Select(webhook => (webhook.Id, webhook.Jql)));
    }

    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Run_UnknownFillTheSite_AreNotDeletedForRoom()
    {
        for (var number = 1; number <= 5; number++) _world.Site(World.Acme).Add("https://hooks.example.com/api/deliveries/acme", ["comment_created"], "project = X");

        var result = await _world.RefreshAsync(World.Acme);
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1, result.Failed);
        Assert.Equal(5, _world.Site(World.Acme).Webhooks.Count);
    }

    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Run_TakeOver_RemovesTheUnknownAndRegisters()
    {
        _world.Site(World.Acme).Add("https://production.example.com/api/deliveries/acme", ["jira:issue_updated"], "project = SHOP");
        _world.Settings["TakeOver"] = "true";

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(1, result.Registered);
        Assert.Equal(0, result.Failed);
        Assert.Null(result.Problem);
        Assert.Equal("https://hooks.example.com/api/deliveries/acme", Assert.Single(_world.Site(World.Acme).Webhooks).Url);
    }
}
