using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Recovery;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Api;

/// <summary>A site from its import to its removal, with the whole system around it: nothing that Jira sends meanwhile is lost.</summary>
[Collection<Clocked>]
public sealed class SiteLifecycleTests : IAsyncLifetime
{
    private World _world = null!;
    private ApiCaller _api = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        _world.Forget(World.Globex);
        _api = new ApiCaller(_world.NewInstance());
        Assert.Equal(201, (await _api.ImportAsync(World.Globex, _world.Installation(World.Globex))).Status);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Refresh_SiteJustAdded_WaitsUntilEveryInstanceKnowsIt()
    {
        var began = _world.Clock.GetUtcNow();

        Assert.Equal(1, (await _world.RefreshAsync(World.Globex)).Registered);

        Assert.True(_world.Clock.GetUtcNow() - began >= StoredSites.Settled);
    }

    /// <summary>Until then, an instance that knows the site as it was would refuse what its new webhooks deliver.</summary>
    [Fact]
    public async Task Refresh_SiteVerifiesInAnotherWay_WaitsUntilEveryInstanceKnowsIt()
    {
        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromHours(1));
        var installation = _world.Installation(World.Globex);
        var other = installation.Replace(_world.Site(World.Globex).Options.ClientKey, "another-tenant", StringComparison.Ordinal);
        await _api.ImportAsync(World.Globex, other);
        Assert.Equal(200, (await _api.ImportAsync(World.Globex, installation)).Status);
        var began = _world.Clock.GetUtcNow();

        await _world.RefreshAsync();

        Assert.True(_world.Clock.GetUtcNow() - began >= StoredSites.Settled);
    }

    [Fact]
    public async Task Refresh_SiteAddedWhileTheClockWasAhead_WaitsNoLonger()
    {
        _world.Forget(World.Acme);
        _world.Ours.Ahead = TimeSpan.FromHours(5);
        await _api.DisableAsync(World.Globex);
        await _api.EnableAsync(World.Globex);
        _world.Ours.Ahead = TimeSpan.Zero;
        var began = _world.Clock.GetUtcNow();

        Assert.Equal(1, (await _world.RefreshAsync(World.Globex)).Registered);

        Assert.InRange(_world.Clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    [Trait("Rule", "answers")]
    public async Task Delivery_OfAnImportedSite_IsPublished()
    {
        await _world.RefreshAsync();
        var identifiers = _world.Emit(World.Globex);

        await _world.DeliverAllAsync();

        Assert.Equal($"globex:{Assert.Single(identifiers)}", Assert.Single(_world.Publisher.Messages).MessageId);
    }

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public async Task Delivery_SignedWithTheSecretBeforeOrAfterARotation_IsPublished()
    {
        await _world.RefreshAsync();
        var secret = _world.Site(World.Globex).Options.Secret;
        await _api.RotateAsync(World.Globex, """{"secret":"the-next-one-that-is-long-enough-for-hs256"}""");

        var identifier = Assert.Single(_world.Emit(World.Globex));
        await _world.DeliverAllAsync();

        Assert.Equal($"globex:{identifier}", Assert.Single(_world.Publisher.Messages).MessageId);
        Assert.Equal(secret, _world.Secrets.Values["jira-site-globex-shared-secret"].Previous);
    }

    [Fact]
    public async Task Disable_SiteWithDeliveriesUnderWay_TakesThemAndDeletesItsWebhooks()
    {
        await _world.RefreshAsync();
        var underWay = Assert.Single(_world.Emit(World.Globex));

        var disabled = await _api.DisableAsync(World.Globex, """{"reason":"moving house"}""");
        var refreshed = await _world.RefreshAsync(World.Globex);
        _world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(200, disabled.Status);
        Assert.Equal("disabled", disabled.State);
        Assert.Equal("moving house", disabled.Json.GetProperty("health").GetProperty("reason").GetString());
        Assert.Null(refreshed.Problem);
        Assert.Empty(_world.Site(World.Globex).Webhooks);
        Assert.Empty(_world.Emit(World.Globex));
        await _world.DeliverAllAsync();
        Assert.Equal($"globex:{underWay}", Assert.Single(_world.Publisher.Messages).MessageId);
    }

    [Fact]
    public async Task Enable_DisabledSite_RegistersAgain()
    {
        await _world.RefreshAsync();
        await _api.DisableAsync(World.Globex);
        await _world.RefreshAsync();

        Assert.Equal("ok", (await _api.EnableAsync(World.Globex)).State);
        Assert.Equal(1, (await _world.RefreshAsync(World.Globex)).Registered);
        Assert.Single(_world.Emit(World.Globex));
    }

    /// <summary>What changed while it was disabled, and until its webhooks exist again, was not sent.</summary>
    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Enable_RefreshHoursLater_SearchesUntilTheWebhooksExist()
    {
        await _world.RefreshAsync();
        await _api.DisableAsync(World.Globex);
        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromHours(2));
        _world.Emit(World.Globex, 7);
        await _api.EnableAsync(World.Globex);
        await _world.PollAsync();
        _world.Clock.Advance(TimeSpan.FromHours(3));
        _world.Emit(World.Globex, 8);
        _world.Clock.Advance(TimeSpan.FromHours(3));

        await _world.RefreshAsync();
        await _world.PollAsync();

        Assert.Equal(["SHOP-7", "SHOP-8"], _world.Searched().Distinct().Order());
    }

    [Fact]
    public async Task Remove_SiteWithFailedDeliveries_StillFetchesThem_AndErasesItADayLater()
    {
        await _world.RefreshAsync();
        await _world.FailAsync(World.Globex, 3);

        Assert.Equal(202, (await _api.RemoveAsync(World.Globex)).Status);
        await _world.RefreshAsync();
        Assert.Equal(3, (await _world.PollAsync(World.Globex)).Recovered);

        _world.Clock.Advance(SiteRemoval.Grace);
        await _world.RefreshAsync();

        Assert.Equal(404, (await _api.ShowAsync(World.Globex)).Status);
        Assert.Empty(_world.Secrets.Values);
        foreach (var table in new[] { TableNames.Webhooks, TableNames.Cursors, TableNames.Status })
        {
            var rows = _world.Tables.GetTableClient(table).QueryAsync<Azure.Data.Tables.TableEntity>("PartitionKey eq 'globex'", cancellationToken: TestContext.Current.CancellationToken);
            await foreach (var row in rows) Assert.Fail($"{table} still has {row.RowKey}.");
        }
    }

    /// <summary>A site moves to the settings: it is removed first, because the settings would refuse the call.</summary>
    [Fact]
    public async Task Remove_SiteIsInTheSettingsADayLater_KeepsItsStateAndErasesTheRest()
    {
        await _world.RefreshAsync();
        await _api.RemoveAsync(World.Globex);
        foreach (var (name, value) in new[] { ("Url", "https://globex.atlassian.net"), ("Secret", _world.Site(World.Globex).Options.Secret), ("Scheme", "Connect") }) _world.Settings[$"Sites:globex:{name}"] = value;
        _world.Settings["Sites:globex:AppKey"] = _world.Site(World.Globex).Options.AppKey;
        _world.Settings["Sites:globex:ClientKey"] = _world.Site(World.Globex).Options.ClientKey;
        _world.Settings["Sites:globex:ApiUrl"] = "http://localhost/sites/globex";
        _world.Subscribe(World.Globex, "issues", "project = SHOP", "jira:issue_created", "jira:issue_updated");
        _world.Clock.Advance(SiteRemoval.Grace - TimeSpan.FromMinutes(1));
        await _world.RefreshAsync();
        var rows = await _world.RowsAsync(World.Globex);
        Assert.NotEmpty(rows);

        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        await _world.RefreshAsync();

        Assert.Equal(rows.Select(row => row.WebhookId), (await _world.RowsAsync(World.Globex)).Select(row => row.WebhookId));
        Assert.Empty(_world.Secrets.Values);
    }

    /// <summary>Jira retries for a day after the removal, by the clock of storage.</summary>
    [Fact]
    public async Task Remove_TimerHostIsADayAhead_KeepsTheSiteForItsDay()
    {
        await _api.RemoveAsync(World.Globex);
        _world.Ours.Ahead = TimeSpan.FromHours(25);
        await _world.RefreshAsync();
        _world.Ours.Ahead = TimeSpan.Zero;

        Assert.Equal(200, (await _api.ShowAsync(World.Globex)).Status);
    }

    [Fact]
    public async Task Remove_FailsInTheMiddle_IsFinishedByTheNextRun()
    {
        await _api.RemoveAsync(World.Globex);
        _world.Clock.Advance(SiteRemoval.Grace);
        _world.Secrets.Failure = new TimeoutException();
        _world.Secrets.FailsDeletes = true;
        await _world.RefreshAsync();
        Assert.NotEmpty(_world.Secrets.Values);

        _world.Secrets.Failure = null;
        await _world.RefreshAsync();

        Assert.Empty(_world.Secrets.Values);
        Assert.Equal(404, (await _api.ShowAsync(World.Globex)).Status);
    }

    [Fact]
    public async Task Remove_TakenBackInTime_LosesNothing()
    {
        await _world.RefreshAsync();
        await _api.RemoveAsync(World.Globex);
        _world.Clock.Advance(TimeSpan.FromHours(23));

        Assert.Equal("ok", (await _api.EnableAsync(World.Globex)).State);
        _world.Clock.Advance(TimeSpan.FromHours(2));
        await _world.RefreshAsync();

        Assert.Single(_world.Emit(World.Globex));
    }

    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public async Task Delivery_OfASiteWithAMisnamedSubscription_IsPublished()
    {
        _world.Settings[$"Sites:{World.Acme}:Webhooks:Not_A_Slug:Jql"] = "project = SHOP";

        var refreshed = await _world.RefreshAsync(World.Acme);
        var identifier = Assert.Single(_world.Emit(World.Acme));
        await _world.DeliverAllAsync();

        Assert.Equal(1, refreshed.Registered);
        Assert.Contains("a webhook's name must be", refreshed.Problem, StringComparison.Ordinal);
        Assert.Equal($"acme:{identifier}", Assert.Single(_world.Publisher.Messages).MessageId);
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Delivery_StorageAwayAndSiteUnknownHere_Is503()
    {
        await _world.RefreshAsync();
        _world.Emit(World.Globex);
        _world.NewInstance();
        _world.Tables.Before = call =>
        {
            if (call.StartsWith("sites.", StringComparison.Ordinal)) throw new TimeoutException("storage is away");
        };
        using var client = _world.Client();
        await _world.Jira.DeliverDueAsync(client, TestContext.Current.CancellationToken);

        Assert.Equal(503, Assert.Single(_world.Jira.Ledger.Attempts).Status);
        _world.Tables.Before = _ => { };
        await _world.DeliverAllAsync();
        Assert.Single(_world.Publisher.Messages);
    }

    [Fact]
    public async Task Api_Refresh_RegistersNow()
    {
        var answer = await _world.Clock.DriveAsync(_api.CallAsync((api, request) => api.RefreshAsync(request, World.Globex)));

        Assert.Equal(200, answer.Status);
        Assert.Equal(1, answer.Json.GetProperty("registered").GetInt32());
        Assert.Single(_world.Site(World.Globex).Webhooks);
    }

    [Fact]
    public async Task Api_Refresh_JiraTooSlow_AnswersBeforeAzureCutsTheCallOff()
    {
        await _world.RefreshAsync();
        _world.Jira.Faults.FailNext("GET /rest/api/3/webhook", 503, times: 3, retryAfter: "59");
        _world.Jira.Faults.FailNext("PUT /rest/api/3/webhook/refresh", 503, times: 3, retryAfter: "59");
        var began = _world.Clock.GetUtcNow();

        var answer = await _world.Clock.DriveAsync(_api.CallAsync((api, request) => api.RefreshAsync(request, World.Globex)));

        Assert.InRange((_world.Clock.GetUtcNow() - began).TotalSeconds, 190, 229);
        Assert.Equal(200, answer.Status);
        Assert.Equal("The call's time is up: repeat it. The daily run goes on with it too.", answer.Json.GetProperty("problem").GetString());
    }

    [Fact]
    public async Task Api_Recover_BusTooSlow_AnswersBeforeAzureCutsTheCallOff()
    {
        await _world.RefreshAsync();
        await _world.FailAsync(World.Globex, 2);
        _world.Publisher.Before = (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, _world.Clock, token);
        var began = _world.Clock.GetUtcNow();

        var answer = await _world.Clock.DriveAsync(_api.RecoverAsync(World.Globex, "?minutes=60"));

        Assert.InRange((_world.Clock.GetUtcNow() - began).TotalSeconds, 190, 229);
        Assert.Equal(200, answer.Status);
        Assert.Equal("The call's time is up: repeat it. What was found so far is published.", answer.Json.GetProperty("problem").GetString());
    }

    [Fact]
    public async Task Api_Recover_FetchesTheFailedListOfAConnectSite()
    {
        await _world.RefreshAsync();
        await _world.FailAsync(World.Globex, 2);

        var answer = await _world.Clock.DriveAsync(_api.RecoverAsync(World.Globex, "?minutes=60"));

        Assert.Equal(200, answer.Status);
        Assert.Equal(2, answer.Json.GetProperty("recovered").GetInt32());
    }
}
