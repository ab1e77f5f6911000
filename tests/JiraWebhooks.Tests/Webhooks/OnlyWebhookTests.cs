using JiraSimulator;
using JiraWebhooks.Tests.Recovery;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>A webhook that may be the only one that reports an event is not deleted, and if it had to be, what was not sent is searched for.</summary>
[Collection<Clocked>]
public sealed class OnlyWebhookTests : IAsyncLifetime
{
    private const string Post = "POST /rest/api/3/webhook";
    private const string Filter = "project = SHOP";

    private World _world = null!;

    private SimulatedSite Acme => _world.Site(World.Acme);

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromDays(1));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(503, "")]
    [InlineData(200, """{"webhookRegistrationResult":[{"errors":["The value 'SHOP' does not exist for the field 'project'"]}]}""")]
    [InlineData(200, "nonsense")]
    [Trait("Rule", "no-orphans")]
    public async Task Run_RenamedAndTheNewOneFails_TheOldStaysUntilItExists(int status, string body)
    {
        var old = Assert.Single(Acme.Webhooks).Id;
        Rename("issues", "all", Filter);
        Acme.Faults.FailNext(Post, status, body: body);

        var failed = await _world.RefreshAsync(World.Acme);

        Assert.Equal(1, failed.Failed);
        Assert.Equal(old, Assert.Single(Acme.Webhooks).Id);

        // By hand, because a refusal with a reason is not sent again by the timer.
        await _world.RefreshByHandAsync(World.Acme);
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.NotEqual(old, Assert.Single(Acme.Webhooks).Id);
        Assert.Equal("all", Assert.Single(await _world.RowsAsync(World.Acme)).Name);
        Assert.Null(await _world.MissingSinceAsync(World.Acme));
    }

    /// <summary>Longer than a webhook lives without being extended.</summary>
    [Fact]
    [Trait("Rule", "no-orphans")]
    public async Task Run_RenamedAndRefusedForWeeks_TheOldIsExtended()
    {
        var old = Assert.Single(Acme.Webhooks).Id;
        Rename("issues", "all", "summary ~ oops");

        for (var day = 0; day < 35; day++)
        {
            if (day == 20) Acme.Faults.FailNext("GET /rest/api/3/webhook", 500, times: 4);
            await _world.RefreshAsync(World.Acme);
            _world.Clock.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(old, Assert.Single(Acme.Webhooks).Id);
        Assert.True(Acme.Webhooks[0].Expires - _world.Clock.GetUtcNow() > SiteRefresher.Extended);
        Assert.Null(await _world.MissingSinceAsync(World.Acme));
    }

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public async Task Run_RenamedOnAFullSiteAndRefused_DeletesNothing()
    {
        await FillAsync();
        var before = Acme.Webhooks.Select(webhook => webhook.Id).ToList();
        Rename("issues", "all", "summary ~ oops");

        Assert.Contains("The clause summary is unsupported", (await _world.RefreshAsync(World.Acme)).Problem, StringComparison.Ordinal);
        _world.Clock.Advance(TimeSpan.FromDays(1));
        await _world.RefreshAsync(World.Acme);

        Assert.Equal(before, Acme.Webhooks.Select(webhook => webhook.Id));
        Assert.Null(await _world.MissingSinceAsync(World.Acme));

        // Another change takes its own place.
        _world.Subscribe(World.Acme, "more1", "project = OTHER", "comment_created");
        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Registered);
        _world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains(before[0], Acme.Webhooks.Select(webhook => webhook.Id));
        Assert.Equal(5, Acme.Webhooks.Count);
    }

    [Theory]
    [InlineData(1)] // its former one is registered again
    [InlineData(2)] // and that fails too
    [Trait("Rule", "replace-webhook")]
    public async Task Run_RenamedOnAFullSiteAndTheNewOneFails_TheNextRunRecordsTheGap(int failures)
    {
        await FillAsync();
        Rename("issues", "all", Filter);
        Acme.Faults.FailNext(Post, 200, body: """{"webhookRegistrationResult":[{"errors":["There are too many."]},{"errors":["There are too many."]}]}""");
        Acme.Faults.FailNext(Post, 503, times: failures);
        var gone = _world.Clock.GetUtcNow();
        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(6 - failures, Acme.Webhooks.Count);

        // The poll searches until now, and takes the record for done.
        await _world.PollAsync();
        Assert.Null(await _world.MissingSinceAsync(World.Acme));
        _world.Clock.Advance(TimeSpan.FromHours(20));
        var again = _world.Clock.GetUtcNow();
        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Registered);

        // With one failure nothing was missing until the old one was deleted again.
        var since = (await _world.MissingSinceAsync(World.Acme))!.Value;
        if (failures == 1) Assert.InRange(since, again, again.AddMinutes(5));
        else Assert.InRange(since, gone.AddDays(-1), gone.AddMinutes(5)); // when it was last seen
        Assert.DoesNotContain(await _world.RowsAsync(World.Acme), row => row.Name == "issues");
    }

    /// <summary>Each day's search joins that of the day before.</summary>
    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_VanishedAndRefusedForDays_EachDayIsSearchedOnce()
    {
        var from = _world.Clock.GetUtcNow();
        Acme.Delete(Acme.Webhooks.Select(webhook => webhook.Id));
        for (var day = 0; day < 5; day++)
        {
            _world.Clock.Advance(TimeSpan.FromDays(1));
            Acme.Faults.FailNext(Post, 200, body: """{"webhookRegistrationResult":[{"errors":["The value 'SHOP' does not exist for the field 'project'"]}]}""");
            var began = _world.Clock.GetUtcNow();
            Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Failed);

            Assert.InRange((await _world.MissingSinceAsync(World.Acme))!.Value, day == 0 ? DateTimeOffset.MinValue : from, from.AddMinutes(5));
            await _world.PollAsync();
            Assert.Null(await _world.MissingSinceAsync(World.Acme));
            from = began;
        }
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Poll_NothingDeclaredDuringAnOutage_SearchesWhenSomethingIs()
    {
        await _world.PollAsync();
        _world.Unsubscribe(World.Acme, "issues");
        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromHours(2));
        _world.Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");
        _world.Emit(World.Acme, 7);
        await _world.DeliverAllAsync();
        _world.Publisher.Before = (_, _) => Task.CompletedTask;
        await _world.PollAsync();
        Assert.Empty(_world.Searched());

        _world.Subscribe(World.Acme, "issues", Filter, "jira:issue_created", "jira:issue_updated");
        await _world.PollAsync();

        Assert.Equal(["SHOP-7"], _world.Searched().Distinct());
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_NothingDeclaredAndNothingThere_HasNoProblem()
    {
        _world.Unsubscribe(World.Acme, "issues");
        Acme.Delete(Acme.Webhooks.Select(webhook => webhook.Id));
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Null((await _world.RefreshAsync(World.Acme)).Problem);
    }

    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Run_TakeOverWhileNothingIsDeclared_DeletesNothing()
    {
        _world.Settings["PublicBaseUrl"] = "https://new.example.com";
        _world.Settings["TakeOver"] = "true";
        _world.Unsubscribe(World.Acme, "issues");

        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Single(Acme.Webhooks);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_NothingDeclaredAnyMore_KeepsAndExtendsWhatIsThereAndSaysSo(bool isListed)
    {
        var before = Acme.Webhooks.Select(webhook => webhook.Id).ToList();
        _world.Unsubscribe(World.Acme, "issues");
        if (!isListed) Acme.Faults.FailNext("GET /rest/api/3/webhook", 500, times: 10);

        var result = await _world.RefreshAsync(World.Acme);
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(before, Acme.Webhooks.Select(webhook => webhook.Id));
        Assert.All(Acme.Webhooks, webhook => Assert.True(webhook.Expires - _world.Clock.GetUtcNow() > SiteRefresher.Extended));
        if (isListed) Assert.StartsWith("No webhook is declared for this site any more", result.Problem, StringComparison.Ordinal);
        else Assert.NotNull(result.Problem);

        Acme.Faults.Clear();
        Assert.Equal(PlannedAction.Extend, Assert.Single((await _world.PlanAsync(World.Acme)).Steps).Action);
        _world.Subscribe(World.Acme, "issues", Filter, "jira:issue_created", "jira:issue_updated");
        Assert.Null((await _world.RefreshAsync(World.Acme)).Problem);
        Assert.Equal(before, Acme.Webhooks.Select(webhook => webhook.Id));
        Assert.Null(await _world.MissingSinceAsync(World.Acme));
    }

    [Fact]
    [Trait("Rule", "registration-results")]
    public async Task Run_VanishedWebhookRefusedOnce_IsTriedAgainTheNextDay()
    {
        var gone = _world.Clock.GetUtcNow();
        Acme.Delete(Acme.Webhooks.Select(webhook => webhook.Id));
        _world.Clock.Advance(TimeSpan.FromSeconds(2));
        Acme.Faults.FailNext(Post, 200, body: """{"webhookRegistrationResult":[{"errors":["The value 'SHOP' does not exist for the field 'project'"]}]}""");
        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Failed);
        await _world.PollAsync();
        Assert.Null(await _world.MissingSinceAsync(World.Acme));
        _world.Clock.Advance(TimeSpan.FromHours(20));

        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Registered);

        Assert.True(await _world.MissingSinceAsync(World.Acme) <= gone.AddMinutes(5));
    }

    [Fact]
    [Trait("Rule", "registration-results")]
    public async Task Run_ListIsEmptyOnceOnAFullSite_RemembersNoRefusal()
    {
        await FillAsync();
        Acme.Faults.FailNext("GET /rest/api/3/webhook", 200, body: """{"values":[]}""");
        await _world.RefreshAsync();
        Assert.All(await _world.RowsAsync(World.Acme), row => Assert.Null(row.Refusal));

        _world.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal((5, null), (await _world.RefreshAsync(World.Acme)) is var result ? (result.Extended, result.Problem) : default);
    }

    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Run_AddressChanged_TheRememberedAreStillExtended()
    {
        _world.Settings["PublicBaseUrl"] = "https://new.example.com";
        Acme.Add("https://production.example.com/api/deliveries/acme", ["comment_created"], "project = X");
        var production = Acme.Webhooks[^1].Expires;
        _world.Clock.Advance(TimeSpan.FromDays(10));

        var steps = (await _world.PlanAsync(World.Acme)).Steps;
        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal([PlannedAction.Extend, PlannedAction.Leave], steps.Select(step => step.Action));
        Assert.Contains("under another address", result.Problem, StringComparison.Ordinal);
        Assert.True(Acme.Webhooks[0].Expires - _world.Clock.GetUtcNow() > SiteRefresher.Extended);
        Assert.Equal(production, Acme.Webhooks[1].Expires);
    }

    private void Rename(string from, string to, string filter)
    {
        _world.Unsubscribe(World.Acme, from);
        _world.Subscribe(World.Acme, to, filter, "jira:issue_created", "jira:issue_updated");
    }

    private async Task FillAsync()
    {
        for (var number = 1; number <= 4; number++) _world.Subscribe(World.Acme, $"more{number}", Filter, "comment_created");
        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromDays(1));
    }
}
