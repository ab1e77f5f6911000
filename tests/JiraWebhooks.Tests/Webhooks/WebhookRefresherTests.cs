using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Webhooks;

[Collection<Clocked>]
public sealed class WebhookRefresherTests : IAsyncLifetime
{
    private World _world = null!;

    public async ValueTask InitializeAsync() => _world = await World.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    [Trait("Decision", "declared-webhooks")]
    public async Task Run_First_RegistersEverySubscriptionUnderTheCallback()
    {
        var results = await _world.RefreshAsync();

        // An admin webhook's site neither registers nor refreshes.
        Assert.Equal([(World.Acme, 1, 0, null), (World.Globex, 2, 0, null)], results.Select(result => (result.Site, result.Registered, result.Failed, result.Problem)));
        Assert.All(_world.Site(World.Globex).Webhooks, webhook => Assert.Equal("https://hooks.example.com/api/deliveries/globex", webhook.Url));
        Assert.All(results, result => Assert.Equal(30, (result.SoonestExpiry!.Value - _world.Clock.GetUtcNow()).TotalDays, 0.1));
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_EveryDayForAHundredDays_KeepsTheSameWebhooksAlive()
    {
        await _world.RefreshAsync();
        var ids = _world.Site(World.Globex).Webhooks.Select(webhook => webhook.Id).ToList();

        for (var day = 0; day < 100; day++)
        {
            _world.Clock.Advance(TimeSpan.FromDays(1));
            var result = await _world.RefreshAsync(World.Globex);
            Assert.Equal(0, result.Registered);
            Assert.Equal(2, result.Extended);
            Assert.Equal(0, result.Replaced);
            Assert.Equal(0, result.Failed);
        }

        Assert.Equal(ids, _world.Site(World.Globex).Webhooks.Select(webhook => webhook.Id));
        Assert.Equal(1, _world.Jira.Ledger.Calls("POST /rest/api/3/webhook") - 1);
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_NeverWithin30Days_RegistersAgainWhatExpired()
    {
        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Empty(_world.Site(World.Acme).Webhooks);

        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Registered);
        Assert.Single(_world.Site(World.Acme).Webhooks);
    }

    [Fact]
    [Trait("Rule", "registration-results")]
    public async Task Run_OneSubscriptionRefusedByJira_KeepsTheOthers()
    {
        _world.Subscribe(World.Globex, "odd", "project = SHOP", "planet_exploded");

        var result = await _world.RefreshAsync(World.Globex);

        Assert.Equal(2, result.Registered);
        Assert.Equal(1, result.Failed);
        Assert.Contains("odd", result.Problem, StringComparison.Ordinal);
        Assert.Contains("planet_exploded is unsupported", result.Problem, StringComparison.Ordinal);
        Assert.Equal(2, _world.Site(World.Globex).Webhooks.Count);
    }

    [Fact]
    [Trait("Rule", "check-before-register")]
    public async Task Run_SubscriptionThatCannotWork_IsNotSent()
    {
        _world.Unsubscribe(World.Acme, "issues");
        _world.Subscribe(World.Acme, "empty", " ", "jira:issue_created");

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(1, result.Failed);
        Assert.Contains("Jql is empty", result.Problem, StringComparison.Ordinal);
        Assert.Empty(_world.Site(World.Acme).Webhooks);
    }

    [Fact]
    [Trait("Rule", "check-before-register")]
    public async Task Run_MoreThanTheLimit_RegistersWhatFits()
    {
        for (var number = 1; number <= 5; number++) _world.Subscribe(World.Acme, $"more{number}", "project = SHOP", "comment_created");

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(5, result.Registered);
        Assert.Equal(1, result.Failed);
        Assert.Contains("5 webhooks", result.Problem, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "no-orphans")]
    public async Task Run_WebhookDeletedBehindOurBack_IsRegisteredAgain()
    {
        await _world.RefreshAsync();
        _world.Site(World.Acme).Delete(_world.Site(World.Acme).Webhooks.Select(webhook => webhook.Id));
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)) is var result ? result.Registered : -1);
        Assert.Equal(0, result.Failed);
        Assert.Single(_world.Site(World.Acme).Webhooks);
    }

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public async Task Run_ChangedSubscription_CreatesTheNewBeforeDeletingTheOld()
    {
        await _world.RefreshAsync();
        var old = Assert.Single(_world.Site(World.Acme).Webhooks);
        _world.Subscribe(World.Acme, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");

        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        var changed = Assert.Single(_world.Site(World.Acme).Webhooks);
        Assert.True(changed.Id > old.Id);
        Assert.Equal("project = OTHER", changed.Jql);
    }

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public async Task Run_ChangedSubscriptionRefused_KeepsTheOld()
    {
        await _world.RefreshAsync();
        var old = Assert.Single(_world.Site(World.Acme).Webhooks);
        _world.Subscribe(World.Acme, "issues", "project = SHOP", "planet_exploded", "jira:issue_updated");

        var result = await _world.RefreshAsync(World.Acme);
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1, result.Failed);
        Assert.Equal(old.Id, Assert.Single(_world.Site(World.Acme).Webhooks).Id);
    }

    [Fact]
    [Trait("Rule", "no-orphans")]
    public async Task Run_SubscriptionNoLongerWanted_IsDeleted()
    {
        await _world.RefreshAsync();
        _world.Unsubscribe(World.Globex, "comments");

        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["jira:issue_created", "jira:issue_updated"], Assert.Single(_world.Site(World.Globex).Webhooks).Events);
    }

    /// <summary>Until each declared webhook has one, a webhook that is not declared may be the only one that reports an event.</summary>
    [Theory]
    [InlineData("planet_exploded", "project = SHOP", true)]
    [InlineData("jira:issue_updated", " ", true)]
    [InlineData("jira:issue_updated", "project = SHOP", false)]
    [Trait("Rule", "no-orphans")]
    public async Task Run_UnknownWebhookUnderOurAddress_StaysWhileADeclaredOneHasNone(string webhookEvent, string jql, bool stays)
    {
        await _world.RefreshAsync();
        _world.Site(World.Globex).Add("https://hooks.example.com/api/deliveries/globex", ["comment_created"], "project = LEFT");
        _world.Subscribe(World.Globex, "more", jql, webhookEvent);

        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(stays, _world.Site(World.Globex).Webhooks.Any(webhook => webhook.Jql == "project = LEFT"));
    }

    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Run_WebhooksUnderAnotherAddress_StopsThatSiteAndChangesNothing()
    {
        _world.Site(World.Acme).Add("https://production.example.com/api/deliveries/acme", ["jira:issue_created"], "project = SHOP");

        var results = await _world.RefreshAsync();

        Assert.Contains("https://production.example.com/api/deliveries/acme", results[0].Problem, StringComparison.Ordinal);
        Assert.Contains("TakeOver", results[0].Problem, StringComparison.Ordinal);
        Assert.Single(_world.Site(World.Acme).Webhooks);
        Assert.Equal(2, results[1].Registered);
    }

    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Run_TakeOver_DeletesThemAndRegistersInTheSameRun()
    {
        _world.Site(World.Acme).Add("https://production.example.com/api/deliveries/acme", ["jira:issue_created"], "project = SHOP");
        _world.Settings["TakeOver"] = "true";

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Equal(1, result.Registered);
        Assert.Equal(0, result.Failed);
        Assert.Null(result.Problem);
        Assert.Equal("https://hooks.example.com/api/deliveries/acme", Assert.Single(_world.Site(World.Acme).Webhooks).Url);
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_OneSiteFails_TheOthersAreRefreshed()
    {
        _world.Site(World.Acme).Faults.FailNext("GET /rest/api/3/webhook", 500, times: 4);

        var results = await _world.RefreshAsync();

        Assert.Contains("500", results[0].Problem, StringComparison.Ordinal);
        Assert.Equal(2, results[1].Registered);
        Assert.Null(results[1].Problem);
        _world.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null((await _world.RefreshAsync(World.Acme)).Problem);
    }

    [Fact]
    [Trait("Rule", "rate-limits")]
    public async Task Run_LongWaitAsked_EndsThatSiteAtOnce()
    {
        _world.Site(World.Acme).Faults.FailNext("GET /rest/api/3/webhook", 429, retryAfter: "1847");
        var started = _world.Clock.GetUtcNow();

        var result = await _world.RefreshAsync(World.Acme);

        Assert.Contains("429", result.Problem, StringComparison.Ordinal);
        Assert.True(_world.Clock.GetUtcNow() - started < TimeSpan.FromMinutes(1));
    }

    [Fact]
    [Trait("Rule", "forbidden")]
    public async Task Run_NotAuthorised_IsAProblemOfTheSite()
    {
        _world.Site(World.Acme).Faults.FailNext("GET /rest/api/3/webhook", 403);

        Assert.Contains("not authorised", (await _world.RefreshAsync(World.Acme)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Decision", "schedules")]
    public async Task Run_AnotherRunIsAtTheSite_LeavesItAlone()
    {
        await using var lease = await _world.NewInstance().GetRequiredService<ILeases>().TryAcquireAsync("refresh", World.Acme, TimeSpan.FromMinutes(5), CancellationToken.None);

        var results = await _world.RefreshAsync();

        Assert.True(results[0].Busy);
        Assert.Empty(_world.Site(World.Acme).Webhooks);
        Assert.Equal(2, _world.Site(World.Globex).Webhooks.Count);
    }

    [Fact]
    [Trait("Decision", "schedules")]
    public async Task Run_SiteNeverAnswers_EndsAfterEightMinutes()
    {
        _world.Site(World.Acme).Faults.Latency = TimeSpan.FromHours(1);
        var started = _world.Clock.GetUtcNow();

        var result = await _world.RefreshAsync(World.Acme);

        Assert.NotNull(result.Problem);
        Assert.True(_world.Clock.GetUtcNow() - started <= TimeSpan.FromMinutes(8.5), $"It took {_world.Clock.GetUtcNow() - started}.");
        _world.Site(World.Acme).Faults.Latency = TimeSpan.Zero;
        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Registered);
    }

    [Fact]
    [Trait("Decision", "schedules")]
    public async Task Run_SitesBeforeItHang_IsReachedByTheNextRun()
    {
        for (var number = 1; number <= 20; number++) _world.AddConnect($"a{number:D2}");
        _world.AddConnect("zulu");
        await _world.RefreshAsync();
        for (var number = 1; number <= 20; number++) _world.Site($"a{number:D2}").Faults.Latency = TimeSpan.FromHours(1);

        // By name, the slow ones come first; what a run does not reach must not count as tried.
        for (var day = 0; day < 3; day++)
        {
            _world.Clock.Advance(TimeSpan.FromHours(23.8));
            await _world.RefreshAsync();
        }

        Assert.True(_world.Site("zulu").Extensions > 0);
    }

    [Fact]
    [Trait("Decision", "schedules")]
    public async Task RunSite_TakesTooLong_EndsAfterEightMinutes()
    {
        await _world.RefreshAsync();
        _world.Unsubscribe(World.Globex, "comments");
        var faults = _world.Site(World.Globex).Faults;
        foreach (var operation in new[] { "GET /rest", "PUT /rest", "DELETE /rest" }) faults.FailNext(operation, 503, times: 3, retryAfter: "60");
        var instance = _world.NewInstance();
        var started = _world.Clock.GetUtcNow();

        var result = await _world.Clock.DriveAsync(instance.GetRequiredService<WebhookRefresher>().RunAsync((await _world.FindAsync(World.Globex))!, CancellationToken.None));

        Assert.Contains("reached its time limit", result.Problem, StringComparison.Ordinal);
        Assert.Equal(30, (result.SoonestExpiry!.Value - started).TotalDays, 0.1);
        Assert.True(_world.Clock.GetUtcNow() - started <= TimeSpan.FromMinutes(8.5), $"It took {_world.Clock.GetUtcNow() - started}.");
    }

    [Fact]
    [Trait("Decision", "schedules")]
    public async Task Run_LeaseCannotBeGivenBack_KeepsTheResult()
    {
        _world.Tables.Before = call => _ = call == "leases.delete" ? throw new AggregateException("Retry failed after 4 tries.") : call;

        var result = await _world.RefreshAsync(World.Acme);
        Assert.Equal(1, result.Registered);
        Assert.Null(result.Problem);
    }

    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public async Task Run_SettingsOfASiteAreWrong_IsAProblemOfThatSiteAlone()
    {
        _world.Settings[$"Sites:{World.Acme}:Secret"] = "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/x)";

        var results = await _world.RefreshAsync();

        Assert.Contains("Secret", results[0].Problem, StringComparison.Ordinal);
        Assert.Equal(2, results[1].Registered);
    }
}
