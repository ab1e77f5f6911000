using JiraSimulator;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>The plan says what the next refresh does, and changes nothing.</summary>
[Collection<Clocked>]
public sealed class SitePlanTests : IAsyncLifetime
{
    private World _world = null!;

    private SimulatedSite Globex => _world.Site(World.Globex);

    public async ValueTask InitializeAsync() => _world = await World.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Plan_BeforeTheFirstRun_CreatesEachDeclaredWebhook()
    {
        var plan = await _world.PlanAsync(World.Globex);

        Assert.Equal(["create comments", "create issues"], Lines(plan));
        Assert.All(plan.Steps, step => Assert.Null(step.Missed));
        Assert.True(plan.HasChanges);
        Assert.Empty(Globex.Webhooks);
        Assert.Equal(0, _world.Jira.Ledger.Calls("POST /rest/api/3/webhook"));
    }

    [Fact]
    public async Task Plan_WithNothingChanged_ExtendsAndHasNoChanges()
    {
        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromDays(10));

        var plan = await _world.PlanAsync(World.Globex);

        Assert.Equal(["extend comments", "extend issues"], Lines(plan));
        Assert.All(plan.Steps, step => Assert.Equal(20, (step.Expires!.Value - _world.Clock.GetUtcNow()).TotalDays, 0.1));
        Assert.All(plan.Steps, step => Assert.Null(step.Otherwise));
        Assert.False(plan.HasChanges);
        Assert.Equal(0, Globex.Extensions);
    }

    [Fact]
    public async Task Plan_NearTheExpiry_SaysThatJiraDecides()
    {
        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromDays(25));

        Assert.All((await _world.PlanAsync(World.Globex)).Steps, step => Assert.Contains("if Jira does not extend it, it is replaced", step.Otherwise, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plan_ChangedAndNoLongerDeclared_ReplacesAndDeletes()
    {
        await _world.RefreshAsync();
        _world.Unsubscribe(World.Globex, "comments");
        _world.Subscribe(World.Globex, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");

        var plan = await _world.PlanAsync(World.Globex);

        Assert.Equal(["replace issues", "delete "], Lines(plan));
        Assert.Equal("If Jira refuses the new definition, the old webhook stays.", plan.Steps[0].Otherwise);
        Assert.Null(plan.Steps[0].Missed);
        Assert.Equal(2, Globex.Webhooks.Count);
    }

    [Fact]
    public async Task Plan_ExpiredWebhook_SaysSinceWhenEventsAreMissed()
    {
        await _world.RefreshAsync();
        var seen = _world.Clock.GetUtcNow();
        _world.Clock.Advance(TimeSpan.FromDays(31));

        var plan = await _world.PlanAsync(World.Acme);

        Assert.Equal(["create issues"], Lines(plan));
        Assert.StartsWith($"Events since {seen:u}"[..29], plan.Steps[0].Missed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_FullSite_SaysThatTheOldWebhookIsDeletedFirst()
    {
        for (var number = 1; number <= 4; number++) _world.Subscribe(World.Acme, $"more{number}", "project = SHOP", "comment_created");
        await _world.RefreshAsync();
        _world.Subscribe(World.Acme, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");
        _world.Subscribe(World.Acme, "one-too-many", "project = SHOP", "comment_created");

        var plan = await _world.PlanAsync(World.Acme);

        Assert.Equal(["replace issues", "extend more1", "extend more2", "extend more3", "extend more4"], Lines(plan));
        Assert.Contains("deleted first", plan.Steps[0].Missed, StringComparison.Ordinal);
        Assert.Contains("one-too-many", Assert.Single(plan.Problems), StringComparison.Ordinal);
        Assert.True(plan.HasChanges);
    }

    [Fact]
    public async Task Plan_RefusedDefinition_IsNotCreatedAndIsAProblem()
    {
        _world.Subscribe(World.Globex, "odd", "summary ~ beach", "jira:issue_updated");
        await _world.RefreshAsync();

        var plan = await _world.PlanAsync(World.Globex);

        Assert.Equal(["extend comments", "extend issues"], Lines(plan));
        Assert.Contains("The clause summary is unsupported", Assert.Single(plan.Problems), StringComparison.Ordinal);
        Assert.True(plan.HasChanges);
    }

    [Fact]
    public async Task Plan_WebhooksUnderAnotherAddress_AreLeftAndBlockTheRest()
    {
        Globex.Add("https://production.example.com/api/deliveries/globex", ["comment_created"], "project = X");

        var plan = await _world.PlanAsync(World.Globex);

        Assert.Equal(["leave "], Lines(plan));
        Assert.Contains("https://production.example.com/api/deliveries/globex", plan.Steps[0].Why, StringComparison.Ordinal);
        Assert.Contains("TakeOver", Assert.Single(plan.Problems), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Plan_TakeOver_DeletesThemFirst()
    {
        Globex.Add("https://production.example.com/api/deliveries/globex", ["comment_created"], "project = X");
        _world.Settings["TakeOver"] = "true";

        var plan = await _world.PlanAsync(World.Globex);

        Assert.Equal(["create comments", "create issues", "delete "], Lines(plan));
        Assert.NotNull(plan.Steps[^1].Missed);
        Assert.Single(Globex.Webhooks);
    }

    [Fact]
    public async Task Plan_ListFails_ExtendsWhatIsRemembered()
    {
        await _world.RefreshAsync();
        Globex.Faults.FailNext("GET /rest/api/3/webhook", 400);

        var plan = await _world.PlanAsync(World.Globex);

        Assert.Equal(["extend comments", "extend issues"], Lines(plan));
        Assert.Contains("400", Assert.Single(plan.Problems), StringComparison.Ordinal);
        Assert.All(plan.Steps, step => Assert.Null(step.Expires));
    }

    [Fact]
    public async Task Plan_GrantOrRateGone_IsNoPlan()
    {
        Globex.Faults.FailNext("GET /rest/api/3/webhook", 429, retryAfter: "1847");

        var failed = await Assert.ThrowsAsync<PlanFailedException>(() => _world.PlanAsync(World.Globex));

        Assert.False(failed.IsOfSettings);
        Assert.Contains("429", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_SiteThatCannotWork_SaysWhichSetting()
    {
        _world.Settings["PublicBaseUrl"] = "https://hooks.example.com:81";

        var failed = await Assert.ThrowsAsync<PlanFailedException>(() => _world.PlanAsync(World.Globex));

        Assert.True(failed.IsOfSettings);
        Assert.Contains("PublicBaseUrl has port 81", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_AdministratorsWebhook_IsEmpty()
    {
        var plan = await _world.PlanAsync(World.Initech);

        Assert.Empty(plan.Steps);
        Assert.False(plan.HasChanges);
    }

    private static IEnumerable<string> Lines(SitePlan plan) => plan.Steps.Select(step => $"{step.Action.ToString().ToLowerInvariant()} {step.Webhook}");
}
