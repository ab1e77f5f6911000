using JiraSimulator;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>Each step says why, and what else can happen.</summary>
[Collection<Clocked>]
public sealed class PlanTextTests : IAsyncLifetime
{
    private World _world = null!;

    private SimulatedSite Globex => _world.Site(World.Globex);

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Extend_AfterARefusedChange_SaysThatTheFormerDefinitionStays()
    {
        _world.Subscribe(World.Globex, "issues", "summary ~ beach", "jira:issue_created", "jira:issue_updated");
        await _world.RefreshAsync();

        var step = await StepAsync("issues");

        Assert.Equal(PlannedAction.Extend, step.Action);
        Assert.Equal("Jira has refused the changed definition, so the webhook keeps the former one.", step.Why);
    }

    [Fact]
    public async Task Extend_OfAChangeThatCannotBeRegistered_PointsToTheProblems()
    {
        _world.Subscribe(World.Globex, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");
        Globex.Add("https://production.example.com/api/deliveries/globex", ["comment_created"], "project = X");
        _world.Clock.Advance(TimeSpan.FromDays(25));

        var step = await StepAsync("issues");

        Assert.Equal(PlannedAction.Extend, step.Action);
        Assert.Equal("Its definition has changed, but a new webhook cannot be registered: see the problems.", step.Why);
        Assert.Null(step.Otherwise);
    }

    [Fact]
    public async Task Keep_BesideInvalidSettings_SaysThatItMayBeTheirs()
    {
        _world.Unsubscribe(World.Globex, "comments");
        _world.Subscribe(World.Globex, "no_name", "project = SHOP", "jira:issue_updated");

        var step = await StepAsync(null);

        Assert.Equal(PlannedAction.Extend, step.Action);
        Assert.Equal("A declared webhook has invalid settings, and this may be its webhook.", step.Why);
        Assert.Null(step.Otherwise);
    }

    [Fact]
    public async Task Replace_BesideInvalidSettings_NeedsNoPlaceOfTheOther()
    {
        _world.Subscribe(World.Globex, "no_name", "", "jira:issue_updated");
        _world.Subscribe(World.Globex, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");

        var step = await StepAsync("issues");

        Assert.Equal(PlannedAction.Replace, step.Action);
        Assert.Null(step.Missed);
        Assert.Equal("If Jira refuses the new definition, the old webhook stays.", step.Otherwise);
    }

    [Fact]
    public async Task Keep_WhileAnotherAddressIsThere_SaysThatNothingIsDeleted()
    {
        _world.Unsubscribe(World.Globex, "comments");
        Globex.Add("https://production.example.com/api/deliveries/globex", ["comment_created"], "project = X");

        var step = Assert.Single((await _world.PlanAsync(World.Globex)).Steps, step => step is { Webhook: null, Action: PlannedAction.Keep });

        Assert.Equal("No declared webhook needs it, but nothing is deleted while webhooks under another address exist.", step.Why);
    }

    [Fact]
    public async Task Delete_OfAnOrphan_WaitsUntilEachDeclaredWebhookHasOne()
    {
        Globex.Add("https://hooks.example.com/api/deliveries/globex", ["comment_created"], "project = ORPHAN");
        _world.Subscribe(World.Globex, "more", "project = MORE", "jira:issue_updated");

        var step = await StepAsync(null);

        Assert.Equal(PlannedAction.Delete, step.Action);
        Assert.Equal("It stays until each declared webhook has one.", step.Otherwise);
        Assert.Equal(Globex.Webhooks[^1].Expires, step.Expires!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Leave_WithoutAnAddress_SaysThatItIsNotKnownHere()
    {
        Globex.ListsUrls = false;
        Globex.Add("https://production.example.com/api/deliveries/globex", ["comment_created"], "project = X");

        var step = await StepAsync(null);

        Assert.Equal(PlannedAction.Leave, step.Action);
        Assert.Equal("Jira lists it without an address, and it is not known here: it may be production's.", step.Why);
    }

    private async Task<PlannedStep> StepAsync(string? webhook) => Assert.Single((await _world.PlanAsync(World.Globex)).Steps, step => step.Webhook == webhook);
}
