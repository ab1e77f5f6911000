using JiraSimulator;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>What Jira refuses for its content is remembered, and not tried again until it changes or a refresh is called by hand.</summary>
[Collection<Clocked>]
public sealed class RefusedDefinitionTests : IAsyncLifetime
{
    private const string Words = "The clause summary is unsupported";

    private World _world = null!;
    private int _postsBefore;

    private SimulatedSite Acme => _world.Site(World.Acme);

    private int Posts => _world.Jira.Ledger.Calls("POST /rest/api/3/webhook") - _postsBefore;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
        _postsBefore = _world.Jira.Ledger.Calls("POST /rest/api/3/webhook");
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Run_NewOneRefused_IsSentOnceInThreeRuns()
    {
        Refuse("odd");

        for (var day = 0; day < 3; day++) AssertRefused(await NextDayAsync());

        Assert.Equal(1, Posts);
        var health = await HealthAsync();
        Assert.Equal("unhealthy", health.State);
        Assert.Contains(Words, health.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ChangedOneRefused_OldStaysAliveAndIsSentOnce()
    {
        var old = Assert.Single(Acme.Webhooks).Id;
        Refuse("issues");

        for (var day = 0; day < 31; day++) AssertRefused(await NextDayAsync());

        Assert.Equal(1, Posts);
        Assert.Equal(old, Assert.Single(Acme.Webhooks).Id);
        Assert.Single(_world.Emit(World.Acme));
    }

    [Fact]
    public async Task Run_DefinitionChanged_IsTriedAgain()
    {
        Refuse("odd");
        AssertRefused(await NextDayAsync());
        _world.Subscribe(World.Acme, "odd", "project = OTHER", "comment_created");

        var result = await NextDayAsync();
        Assert.Equal(1, result.Registered);
        Assert.Equal(0, result.Failed);
        Assert.Null(result.Problem);

        Assert.Equal("ok", (await HealthAsync()).State);
        Assert.Equal(2, Posts);
        Assert.Equal(1, Acme.Webhooks.Count(webhook => webhook.Jql == "project = OTHER"));
    }

    [Fact]
    public async Task Run_DefinitionTakenBackAndDeclaredAgain_IsTriedAgain()
    {
        Refuse("issues");
        AssertRefused(await NextDayAsync());
        _world.Subscribe(World.Acme, "issues", "project = SHOP", "jira:issue_created", "jira:issue_updated");
        Assert.Null((await NextDayAsync()).Problem);
        Refuse("issues");

        AssertRefused(await NextDayAsync());

        Assert.Equal(2, Posts);
    }

    [Fact]
    public async Task Run_NoLongerDeclared_ForgetsTheRefusal()
    {
        Refuse("odd");
        AssertRefused(await NextDayAsync());
        _world.Unsubscribe(World.Acme, "odd");

        Assert.Null((await NextDayAsync()).Problem);

        Assert.Equal(["issues"], (await _world.RowsAsync(World.Acme)).Select(row => row.Name));
    }

    [Theory]
    [InlineData("odd")]
    [InlineData("issues")]
    public async Task Refresh_ByHand_TriesAgain(string name)
    {
        Refuse(name);
        AssertRefused(await NextDayAsync());

        var refused = await _world.RefreshByHandAsync(World.Acme);

        Assert.Contains(Words, refused.Json.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, Posts);
        AssertRefused(await NextDayAsync());
        Assert.Equal(2, Posts);

        // Jira may have changed its mind.
        Acme.Faults.FailNext("POST /rest/api/3/webhook", 200, body: """{"webhookRegistrationResult":[{"createdWebhookId":4711}]}""");
        Assert.Equal(1, (await _world.RefreshByHandAsync(World.Acme)).Json.GetProperty("registered").GetInt32());
        Assert.All(await _world.RowsAsync(World.Acme), row => Assert.Null(row.Refusal));
    }

    [Fact]
    public async Task Refresh_ByHandAndListFails_TheNextRunTriesAgain()
    {
        Refuse("odd");
        AssertRefused(await NextDayAsync());
        Acme.Faults.FailNext("GET /rest/api/3/webhook", 400);

        await _world.RefreshByHandAsync(World.Acme);
        AssertRefused(await NextDayAsync());

        Assert.Equal(2, Posts);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Run_WholeCallRefusedOrFailed_IsTriedAgain(int status)
    {
        _world.Subscribe(World.Acme, "more", "project = OTHER", "comment_created");
        Acme.Faults.FailNext("POST /rest/api/3/webhook", status, retryAfter: status is 429 ? "1847" : null);

        var failed = await NextDayAsync();

        Assert.Equal(0, failed.Registered);
        Assert.Equal(1, failed.Failed);
        Assert.Contains($"{status}", failed.Problem, StringComparison.Ordinal);
        var next = await NextDayAsync();
        Assert.Equal(1, next.Registered);
        Assert.Equal(0, next.Failed);
        Assert.Null(next.Problem);
    }

    [Fact]
    public async Task Run_RefusedWithoutReason_IsTriedAgain()
    {
        _world.Subscribe(World.Acme, "more", "project = OTHER", "comment_created");
        Acme.Faults.FailNext("POST /rest/api/3/webhook", 200, body: """{"webhookRegistrationResult":[{}]}""");

        Assert.Contains("neither an id nor a reason", (await NextDayAsync()).Problem, StringComparison.Ordinal);

        var next = await NextDayAsync();
        Assert.Equal(1, next.Registered);
        Assert.Null(next.Problem);
    }

    [Fact]
    public async Task Run_RefusalCannotBeSaved_TheNextRunTriesAgain()
    {
        Refuse("odd");
        _world.Tables.Before = call => _ = call == "webhooks.upsert" ? throw new Azure.RequestFailedException(503, "storage is away") : call;
        AssertRefused(await NextDayAsync());
        _world.Tables.Before = _ => { };

        AssertRefused(await NextDayAsync());

        Assert.Equal(2, Posts);
    }

    [Fact]
    public async Task Run_ListFailsWhileOneIsRefused_ExtendsTheOneThatIsNoLongerDeclared()
    {
        _world.Unsubscribe(World.Acme, "issues");
        Refuse("odd");
        AssertRefused(await NextDayAsync());
        var extensions = _world.Jira.Ledger.Calls("PUT /rest/api/3/webhook/refresh");
        _world.Jira.Faults.FailNext("GET /rest/api/3/webhook", 400, times: 2);

        await NextDayAsync();

        // One call for each site.
        Assert.Equal(2, _world.Jira.Ledger.Calls("PUT /rest/api/3/webhook/refresh") - extensions);
    }

    private void Refuse(string name) => _world.Subscribe(World.Acme, name, "summary ~ oops", "jira:issue_created", "jira:issue_updated");

    private async Task<SiteRefresh> NextDayAsync()
    {
        _world.Clock.Advance(TimeSpan.FromDays(1));
        return await _world.RefreshAsync(World.Acme);
    }

    private static void AssertRefused(SiteRefresh result)
    {
        Assert.Equal(0, result.Registered);
        Assert.Equal(1, result.Failed);
        Assert.Contains(Words, result.Problem, StringComparison.Ordinal);
        Assert.Contains("not tried again until its definition changes or POST /api/sites/acme/refresh", result.Problem, StringComparison.Ordinal);
    }

    private async Task<(string State, string? Reason)> HealthAsync()
    {
        await _world.PollAsync();
        var answer = await new ApiCaller(_world.NewInstance()).ShowAsync(World.Acme);
        return (answer.State, answer.Json.GetProperty("health").TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }
}
