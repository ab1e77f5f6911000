using JiraSimulator;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>A site that holds as many webhooks as Jira allows: a webhook is deleted first, and no filter stays without a webhook.</summary>
[Collection<Clocked>]
public sealed class FullSiteTests : IAsyncLifetime
{
    private World _world = null!;

    private SimulatedSite Acme => _world.Site(World.Acme);

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        for (var number = 1; number <= 4; number++) _world.Subscribe(World.Acme, $"more{number}", "project = SHOP", "comment_created");
        _world.Settings[$"Sites:{World.Acme}:Webhooks:issues:FieldIdsFilter:0"] = "summary";
        await _world.RefreshAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    [Trait("Rule", "asynchronous-delete")]
    public async Task Run_ChangedSubscription_IsRegisteredInTheSameRun()
    {
        _world.Subscribe(World.Acme, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(1, result.Registered);
        Assert.Equal(4, result.Extended);
        Assert.Equal(0, result.Failed);
        Assert.Null(result.Problem);
        Assert.Equal(5, Acme.Webhooks.Count);
        Assert.Single(Acme.Webhooks, webhook => webhook.Jql == "project = OTHER");
    }

    [Fact]
    [Trait("Rule", "asynchronous-delete")]
    public async Task Run_AllChanged_AllAreRegisteredInTheSameRun()
    {
        foreach (var name in new[] { "issues", "more1", "more2", "more3", "more4" }) _world.Subscribe(World.Acme, name, "project = OTHER", "jira:issue_updated");

        var result = await _world.RefreshAsync(World.Acme);
        Assert.Equal(5, result.Registered);
        Assert.Equal(0, result.Failed);
        Assert.Null(result.Problem);
        Assert.Equal(5, Acme.Webhooks.Count(webhook => webhook.Jql == "project = OTHER"));
    }

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public async Task Run_ChangedBesideOneNoLongerWanted_HasNoGap()
    {
        _world.Unsubscribe(World.Acme, "more1");
        _world.Subscribe(World.Acme, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");
        Acme.Faults.FailNext("POST /rest/api/3/webhook", 400);

        var result = await _world.RefreshAsync(World.Acme);

        // The unwanted one made the room, so the refusal found the old webhook in its place.
        Assert.Equal(1, result.Failed);
        Assert.Single(_world.Emit(World.Acme));
        var next = await _world.RefreshAsync(World.Acme);
        Assert.Equal(1, next.Registered);
        Assert.Equal(0, next.Failed);
    }

    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public async Task Run_ChangedBesideOneThatCannotBeRead_LeavesItsWebhookAlone()
    {
        _world.Subscribe(World.Acme, "more1", "project = KEPT", "comment_created");
        await _world.RefreshAsync();
        _world.Unsubscribe(World.Acme, "more1");
        _world.Subscribe(World.Acme, "more_1", "project = KEPT", "comment_created");
        _world.Subscribe(World.Acme, "more2", "project = OTHER", "comment_created");

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Contains("a webhook's name must be", result.Problem, StringComparison.Ordinal);
        Assert.Single(Acme.Webhooks, webhook => webhook.Jql == "project = KEPT");
        Assert.Single(Acme.Webhooks, webhook => webhook.Jql == "project = OTHER");
        Assert.Equal(5, Acme.Webhooks.Count);
    }

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public async Task Run_ChangedAndOneTooMany_TheChangedGetsTheRoom()
    {
        _world.Subscribe(World.Acme, "a-new-one", "project = NEW", "jira:issue_created");
        _world.Subscribe(World.Acme, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(1, result.Registered);
        Assert.Equal(1, result.Failed);
        Assert.Contains("a-new-one", result.Problem, StringComparison.Ordinal);
        Assert.Single(Acme.Webhooks, webhook => webhook.Jql == "project = OTHER");
    }

    [Fact]
    public async Task Run_ChangedToWhatCannotWork_KeepsTheOldAlive()
    {
        var old = Assert.Single(Acme.Webhooks, webhook => webhook.Events.Contains("jira:issue_updated"));
        _world.Subscribe(World.Acme, "issues", " ", "jira:issue_created", "jira:issue_updated");
        for (var day = 0; day < 31; day++)
        {
            _world.Clock.Advance(TimeSpan.FromDays(1));
            var result = await _world.RefreshAsync(World.Acme);

            Assert.Contains("Jql is empty", result.Problem, StringComparison.Ordinal);
            Assert.Equal(1, result.Failed);
        }

        Assert.Equal(5, Acme.Webhooks.Count);
        Assert.Contains(Acme.Webhooks, webhook => webhook.Id == old.Id);
    }

    [Fact]
    public async Task Run_SuccessorRefused_TheFormerIsRegisteredAgain()
    {
        _world.Subscribe(World.Acme, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");

        // As a whole, then one by one, beside the former: the limit may be the reason, so the former is deleted. Then once more.
        Acme.Faults.FailNext("POST /rest/api/3/webhook", 400, times: 4);

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(4, result.Extended);
        Assert.Equal(1, result.Failed);
        Assert.Contains("400", result.Problem, StringComparison.Ordinal);
        Assert.Contains("issues: its former webhook is registered again", result.Problem, StringComparison.Ordinal);
        Assert.Equal(5, Acme.Webhooks.Count);
        var again = Assert.Single(Acme.Webhooks, webhook => webhook.Events.Contains("jira:issue_updated"));
        Assert.Equal("project = SHOP", again.Jql);
        Assert.Equal("summary", Assert.Single(again.FieldIdsFilter!));
        var next = await _world.RefreshAsync(World.Acme);
        Assert.Equal(1, next.Registered);
        Assert.Equal(0, next.Failed);
        Assert.Null(next.Problem);
    }

    [Fact]
    public async Task Run_ChangedToAnUnknownEvent_DeletesNothing()
    {
        var before = Acme.Webhooks.Select(webhook => webhook.Id).ToList();
        _world.Subscribe(World.Acme, "issues", "project = OTHER", "planet_exploded", "jira:issue_updated");
        for (var day = 0; day < 3; day++)
        {
            _world.Clock.Advance(TimeSpan.FromDays(1));
            var result = await _world.RefreshAsync(World.Acme);

            Assert.Equal(5, result.Extended);
            Assert.Equal(1, result.Failed);
            Assert.Contains("planet_exploded is unsupported", result.Problem, StringComparison.Ordinal);
        }

        Assert.Equal(before, Acme.Webhooks.Select(webhook => webhook.Id));
        Assert.Equal(0, _world.Jira.Ledger.Calls("DELETE /rest/api/3/webhook"));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Run_ChangedAndRegisteringFails_DeletesNothing(int status)
    {
        _world.Subscribe(World.Acme, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");
        Acme.Faults.FailNext("POST /rest/api/3/webhook", status, retryAfter: status == 429 ? "1847" : null);

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(5, result.Extended);
        Assert.Equal(1, result.Failed);
        Assert.Contains($"{status}", result.Problem, StringComparison.Ordinal);
        Assert.Equal(0, _world.Jira.Ledger.Calls("DELETE /rest/api/3/webhook"));
        var next = await _world.RefreshAsync(World.Acme);
        Assert.Equal(1, next.Registered);
        Assert.Equal(0, next.Failed);
        Assert.Null(next.Problem);
    }

    [Fact]
    [Trait("Rule", "asynchronous-delete")]
    public async Task Run_ListFailsWhileDeleting_WaitsOn()
    {
        _world.Subscribe(World.Acme, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");
        Acme.Faults.FailNext("GET /rest/api/3/webhook", 200, body: RefreshFailureTests.Listing(Acme));
        Acme.Faults.FailNext("GET /rest/api/3/webhook", 400, times: 3);

        var result = await _world.RefreshAsync(World.Acme);
        Assert.Equal(1, result.Registered);
        Assert.Equal(0, result.Failed);
        Assert.Null(result.Problem);
    }

    [Fact]
    [Trait("Rule", "asynchronous-delete")]
    public async Task Run_DeletionTakesTooLong_IsToldAfterAMinute()
    {
        _world.Subscribe(World.Acme, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");
        Acme.Faults.FailNext("GET /rest/api/3/webhook", 200, times: 100, body: RefreshFailureTests.Listing(Acme));
        var started = _world.Clock.GetUtcNow();

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(1, result.Failed);
        Assert.Contains("has not deleted 1 webhook", result.Problem, StringComparison.Ordinal);
        Assert.InRange(_world.Clock.GetUtcNow() - started, TimeSpan.FromSeconds(55), TimeSpan.FromMinutes(3));
        Acme.Faults.Clear();
        var next = await _world.RefreshAsync(World.Acme);
        Assert.Equal(1, next.Registered);
        Assert.Equal(0, next.Failed);
    }
}
