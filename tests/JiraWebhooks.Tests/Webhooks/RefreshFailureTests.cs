using JiraSimulator;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>Whatever fails at a site, its living webhooks are extended and their expiry is told.</summary>
[Collection<Clocked>]
public sealed class RefreshFailureTests : IAsyncLifetime
{
    private World _world = null!;

    private SimulatedSite Globex => _world.Site(World.Globex);

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_RefusedEveryDay_TheLivingStayAlive(string method)
    {
        if (method == "POST") _world.Subscribe(World.Globex, "more", "project = SHOP", "jira:issue_created");
        else _world.Unsubscribe(World.Globex, "comments");
        Globex.Faults.FailNext(method + " /rest/api/3/webhook", 400, times: 1000);

        for (var day = 0; day < 31; day++)
        {
            _world.Clock.Advance(TimeSpan.FromDays(1));
            var result = await _world.RefreshAsync(World.Globex);

            // After 30 days the unwanted one is gone by itself.
            if (method == "POST" || day < 28) Assert.Contains("400", result.Problem, StringComparison.Ordinal);
            Assert.Equal(30, (result.SoonestExpiry!.Value - _world.Clock.GetUtcNow()).TotalDays, 0.1);
            Assert.Equal(method == "POST" ? (2, 1) : (1, 0), (result.Extended, result.Failed));
        }

        Assert.Contains(Globex.Webhooks, webhook => webhook.Jql == "project = SHOP" && webhook.Expires > _world.Clock.GetUtcNow().AddDays(29));
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_ListFailsEveryDay_TheRememberedStayAlive()
    {
        _world.Unsubscribe(World.Globex, "comments");
        Globex.Faults.FailNext("GET /rest/api/3/webhook", 400, times: 1000);
        for (var day = 0; day < 31; day++)
        {
            _world.Clock.Advance(TimeSpan.FromDays(1));
            Assert.Contains("400", (await _world.RefreshAsync(World.Globex)).Problem, StringComparison.Ordinal);
        }

        Assert.Equal("project = SHOP", Assert.Single(Globex.Webhooks).Jql);
    }

    /// <summary>The start accepts an address that Jira does not deliver to.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_AddressThatJiraDoesNotDeliverTo_ExtendsTheLivingAndTellsTheProblem(int status)
    {
        _world.Settings["PublicBaseUrl"] = "https://hooks.example.com:81";
        _world.Clock.Advance(TimeSpan.FromDays(20));
        if (status != 200) Globex.Faults.FailNext("PUT /rest/api/3/webhook/refresh", status);

        var result = await _world.RefreshAsync(World.Globex);

        Assert.StartsWith("PublicBaseUrl has port 81", result.Problem, StringComparison.Ordinal);
        Assert.Equal(status != 200, result.Problem!.Contains($"{status}", StringComparison.Ordinal));
        Assert.Equal(2, Globex.Webhooks.Count);
        Assert.All(Globex.Webhooks, webhook => Assert.Equal(status == 200, webhook.Expires > _world.Clock.GetUtcNow().AddDays(29)));
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_ExtensionRefused_RegistersWhatIsMissingAndTellsTheExpiry()
    {
        _world.Subscribe(World.Globex, "more", "project = SHOP", "jira:issue_created");
        _world.Clock.Advance(TimeSpan.FromDays(10));
        Globex.Faults.FailNext("PUT /rest/api/3/webhook/refresh", 400);

        var result = await _world.RefreshAsync(World.Globex);

        Assert.Equal(1, result.Registered);
        Assert.Equal(0, result.Extended);
        Assert.Equal(0, result.Failed);
        Assert.Contains("400", result.Problem, StringComparison.Ordinal);
        Assert.Equal(20, (result.SoonestExpiry!.Value - _world.Clock.GetUtcNow()).TotalDays, 0.1);
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_CannotVerify_TellsTheExpiryOfTheFirstList()
    {
        _world.Clock.Advance(TimeSpan.FromDays(10));
        Globex.Faults.FailNext("GET /rest/api/3/webhook", 200, body: Listing(Globex));
        Globex.Faults.FailNext("GET /rest/api/3/webhook", 500, times: 4);

        var result = await _world.RefreshAsync(World.Globex);

        Assert.Contains("500", result.Problem, StringComparison.Ordinal);
        Assert.Equal(20, (result.SoonestExpiry!.Value - _world.Clock.GetUtcNow()).TotalDays, 0.1);
        Assert.All(Globex.Webhooks, webhook => Assert.True(webhook.Expires > _world.Clock.GetUtcNow().AddDays(29)));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(401)]
    [Trait("Rule", "rate-limits")]
    public async Task Run_LongWaitOrDeadGrant_EndsTheSiteAfterTheLivingWereExtended(int status)
    {
        _world.Subscribe(World.Globex, "more", "project = SHOP", "jira:issue_created");
        _world.Unsubscribe(World.Globex, "comments");
        _world.Clock.Advance(TimeSpan.FromDays(10));
        Globex.Faults.FailNext("POST /rest/api/3/webhook", status, times: 2, retryAfter: status == 429 ? "1847" : null);
        var (lists, deletions) = (_world.Jira.Ledger.Calls("GET /rest/api/3/webhook"), _world.Jira.Ledger.Calls("DELETE /rest/api/3/webhook"));

        var result = await _world.RefreshAsync(World.Globex);

        Assert.Contains($"{status}", result.Problem, StringComparison.Ordinal);
        Assert.NotNull(result.SoonestExpiry);
        Assert.Contains(Globex.Webhooks, webhook => webhook.Expires > _world.Clock.GetUtcNow().AddDays(29));

        // Two lists are the other site's.
        Assert.Equal(3, _world.Jira.Ledger.Calls("GET /rest/api/3/webhook") - lists);
        Assert.Equal(0, _world.Jira.Ledger.Calls("DELETE /rest/api/3/webhook") - deletions);
    }

    [Fact]
    [Trait("Decision", "take-over")]
    public async Task Run_ForeignAddressBesideOurs_OursAreExtended()
    {
        Globex.Add("https://production.example.com/api/deliveries/globex", ["jira:issue_created"], "project = SHOP");
        _world.Clock.Advance(TimeSpan.FromDays(10));

        var result = await _world.RefreshAsync(World.Globex);

        Assert.Contains("TakeOver", result.Problem, StringComparison.Ordinal);
        Assert.Equal(2, result.Extended);
        Assert.Equal(0, result.Failed);
        Assert.Equal(3, Globex.Webhooks.Count);
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Run_GoneWhenListedAgain_IsRegisteredInTheSameRun()
    {
        var before = Listing(Globex);
        Globex.Delete([Globex.Webhooks[0].Id]);
        _world.Clock.Advance(TimeSpan.FromSeconds(2));
        Globex.Faults.FailNext("GET /rest/api/3/webhook", 200, body: before);

        var result = await _world.RefreshAsync(World.Globex);

        Assert.Equal(1, result.Registered);
        Assert.Equal(1, result.Extended);
        Assert.Equal(0, result.Failed);
        Assert.Null(result.Problem);
        Assert.Equal(2, Globex.Webhooks.Count);
    }

    [Fact]
    [Trait("Rule", "no-orphans")]
    public async Task Run_RowOfAnUnwantedWebhookThatCannotBeDeleted_IsKept()
    {
        _world.Unsubscribe(World.Globex, "comments");
        Globex.Faults.FailNext("DELETE /rest/api/3/webhook", 400);
        await _world.RefreshAsync();
        Globex.ListsUrls = false;

        // Where no address is listed, only the row tells that it is ours.
        Assert.Null((await _world.RefreshAsync(World.Globex)).Problem);
        _world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Single(Globex.Webhooks);
    }

    internal static string Listing(SimulatedSite site)
    {
        var values = site.Webhooks.Select(webhook =>
            $$"""{"id":{{webhook.Id}},"url":"{{webhook.Url}}","events":["{{webhook.Events[0]}}"],"jqlFilter":"{{webhook.Jql}}","expirationDate":{{webhook.Expires.ToUnixTimeMilliseconds()}}}""");
        return $$"""{"isLast":true,"values":[{{string.Join(',', values)}}]}""";
    }
}
