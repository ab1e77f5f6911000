using JiraWebhooks.Health;
using JiraWebhooks.Recovery;
using JiraWebhooks.Runs;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Health;

/// <summary>A run of the timer works only at the sites that are due, and says if it did not reach all of them.</summary>
[Collection<Clocked>]
public sealed class DueSitesTests : IAsyncLifetime
{
    private const string List = "GET /rest/api/3/webhook";

    private World _world = null!;

    private int Lists => _world.Jira.Ledger.Calls(List);

    public async ValueTask InitializeAsync() => _world = await World.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    [Trait("Decision", "schedules")]
    public async Task Refresh_EveryHour_AsksJiraOnceADay()
    {
        await TimerAsync();
        var first = Lists;
        for (var hour = 1; hour <= 48; hour++)
        {
            _world.Clock.Advance(TimeSpan.FromHours(1));
            await TimerAsync();
        }

        Assert.Equal(first * 3, Lists);
    }

    [Fact]
    public async Task Refresh_ChangedSettings_MakeOnlyThatSiteDue()
    {
        await TimerAsync();
        var before = Lists;
        _world.Clock.Advance(TimeSpan.FromHours(1));
        _world.Subscribe(World.Globex, "issues", "project = OTHER", "jira:issue_created", "jira:issue_updated");

        await TimerAsync();

        Assert.Contains(_world.Site(World.Globex).Webhooks, webhook => webhook.Jql == "project = OTHER");
        Assert.InRange(Lists - before, 2, 3);
    }

    [Fact]
    public async Task Refresh_FailedSite_StaysDue()
    {
        _world.Site(World.Globex).Faults.FailNext(List, 500, times: 20);
        await TimerAsync();
        _world.Site(World.Globex).Faults.Clear();
        _world.Clock.Advance(TimeSpan.FromHours(1));

        await TimerAsync();

        Assert.Equal(2, _world.Site(World.Globex).Webhooks.Count);
    }

    [Fact]
    [Trait("Rule", "rate-limits")]
    public async Task Refresh_RetryAfter_DelaysOnlyThatSiteOverRuns()
    {
        _world.Site(World.Globex).Faults.FailNext(List, 429, retryAfter: "7200");
        await TimerAsync();
        Assert.Single(_world.Site(World.Acme).Webhooks);
        var before = Lists;

        _world.Clock.Advance(TimeSpan.FromHours(1));
        await TimerAsync();
        Assert.Equal(before, Lists);
        Assert.Empty(_world.Site(World.Globex).Webhooks);

        _world.Clock.Advance(TimeSpan.FromHours(1.1));
        await TimerAsync();
        Assert.Equal(2, _world.Site(World.Globex).Webhooks.Count);
    }

    [Fact]
    [Trait("Rule", "rate-limits")]
    public async Task Poll_RetryAfter_DelaysOnlyThatSiteOverRuns()
    {
        await TimerAsync();
        _world.Site(World.Globex).Faults.FailNext("GET /rest/api/3/webhook/failed", 429, retryAfter: "3600");
        await PollAsync();
        var before = _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed");

        _world.Clock.Advance(TimeSpan.FromMinutes(15));
        await PollAsync();
        Assert.Equal(before, _world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed"));

        _world.Clock.Advance(TimeSpan.FromMinutes(50));
        await PollAsync();
        Assert.True(_world.Jira.Ledger.Calls("GET /rest/api/3/webhook/failed") > before);
    }

    [Fact]
    public async Task Run_ThatDoesNotReachAll_TellsHealthAndTheLogUntilOneDoes()
    {
        _world.Settings["RunParallelism"] = "1";
        var slow = Enumerable.Range(1, 10).Select(number => $"a{number:00}").ToList();
        foreach (var site in slow)
        {
            _world.AddConnect(site);
            _world.Site(site).Faults.Latency = TimeSpan.FromHours(1);
        }

        await Assert.ThrowsAsync<TimerRunException>(TimerAsync);

        var said = Assert.Single(_world.Logs.GetSnapshot(), log => log.Message.Contains("sites still due", StringComparison.Ordinal)).Message;
        Assert.Matches(@"^The refresh has ended with \d+ sites still due: run it more often, see docs/operate\.md#sizing-and-cost\.$", said);
        Assert.StartsWith("The last refresh ended with ", (await ReportAsync()).Notice, StringComparison.Ordinal);
        foreach (var site in slow) _world.Site(site).Faults.Latency = TimeSpan.Zero;
        _world.Clock.Advance(TimeSpan.FromHours(1));
        await TimerAsync();
        Assert.Null((await ReportAsync()).Notice);
    }

    [Fact]
    public void Page_OfManySites_BeginsWhereTheLastEnded()
    {
        var report = new HealthReport(true, [.. new[] { "c", "a", "b", "d", "e" }.Select(id => new SiteHealth(id, "ok", null, null, null, null, null, null, null))]);

        var first = report.Page(null, 2);
        var second = report.Page(first.Next, 2);
        var last = report.Page(second.Next, 2);

        Assert.Equal(["a", "b"], first.Sites!.Select(site => site.Site));
        Assert.Equal(["c", "d"], second.Sites!.Select(site => site.Site));
        Assert.Equal(["e"], last.Sites!.Select(site => site.Site));
        Assert.Null(last.Next);
        Assert.Null(report.Page(null, 5).Next);
    }

    private Task TimerAsync() => _world.Clock.DriveAsync(_world.NewInstance().GetRequiredService<WebhookRefresher>().RunTimerAsync(CancellationToken.None));

    private Task PollAsync() => _world.Clock.DriveAsync(_world.NewInstance().GetRequiredService<FailedDeliveryPoller>().RunTimerAsync(CancellationToken.None));

    private Task<HealthReport> ReportAsync() =>
        _world.Clock.DriveAsync(_world.NewInstance().GetRequiredService<IHealthReporter>().ReportAsync(details: true, CancellationToken.None));
}
