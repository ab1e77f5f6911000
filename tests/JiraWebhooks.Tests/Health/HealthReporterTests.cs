using Azure.Data.Tables;
using JiraWebhooks.Health;
using JiraWebhooks.OAuth;
using JiraWebhooks.Recovery;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.OAuth;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace JiraWebhooks.Tests.Health;

/// <summary>Health must not say ok where nothing runs, nor be red without a reason.</summary>
[Collection<Clocked>]
public sealed class HealthReporterTests : IAsyncLifetime
{
    private static readonly Site Fixed = StubSites.Connect with { Webhooks = [new DeclaredWebhook("issues", ["jira:issue_updated"], "project = SHOP")] };

    private World _world = null!;
    private SiteStatusTable _status = null!;
    private IHealthReporter _health = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _world.Clock.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        var instance = _world.NewInstance();
        _status = instance.GetRequiredService<SiteStatusTable>();
        _health = instance.GetRequiredService<IHealthReporter>();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task Report_TimersNeverRan_IsUnhealthy()
    {
        var site = Assert.Single(await _health.ReportAsync([Fixed], Token));

        Assert.Equal("unhealthy", site.State);
        Assert.Equal("Not refreshed yet: its webhooks do not exist until RefreshWebhooks has run.", site.Reason);
    }

    [Fact]
    public async Task Report_SiteJustAdded_IsOkWithANotice_AndUnhealthyADayLater()
    {
        var added = Fixed with { IsStored = true, ActiveSince = Now };

        var site = Assert.Single(await _health.ReportAsync([added], Token));
        Assert.Equal("ok", site.State);
        Assert.Null(site.Reason);
        Assert.Contains("Not refreshed yet", site.Notice, StringComparison.Ordinal);

        _world.Clock.Advance(TimeSpan.FromHours(26));
        Assert.Equal(("unhealthy", added.ActiveSince), await StateAsync(added));
    }

    /// <summary>For the list of sites.</summary>
    [Fact]
    public async Task Report_OfSeveralSites_IsInTheirOrderAndReadsTheTableOnce()
    {
        await RanAsync();
        Site[] sites = [.. Enumerable.Range(0, 50).Select(number => Fixed with { Id = $"unknown{number}" }), Fixed, StubSites.Admin];
        var before = _world.Tables.Calls;

        var reports = await _health.ReportAsync(sites, Token);

        Assert.Equal(sites.Select(site => site.Id), reports.Select(report => report.Site));
        Assert.Equal(Enumerable.Repeat("unhealthy", 50).Concat(["ok", "ok"]), reports.Select(report => report.State));
        Assert.Equal(before + 1, _world.Tables.Calls);
    }

    [Fact]
    public async Task Report_WithoutWebhooks_NeedsNoRefresh()
    {
        Assert.Equal(("ok", null), await StateAsync(Fixed with { Webhooks = [] }));
        Assert.Equal(("ok", null), await StateAsync(StubSites.Admin));
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task Report_RefreshedADayAgo_IsUnhealthyAfter26Hours()
    {
        await RanAsync();
        _world.Clock.Advance(TimeSpan.FromHours(26));
        await PolledAsync();
        Assert.Equal("ok", (await StateAsync(Fixed)).State);

        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(("unhealthy", "No refresh has succeeded for 26 hours."), await ReasonAsync());
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task Report_NoPollForTwoHours_IsUnhealthy()
    {
        await RanAsync();
        _world.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("ok", (await StateAsync(Fixed)).State);

        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(("unhealthy", "No poll has run for 2 hours."), await ReasonAsync());
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task Report_RefreshedButNeverPolled_IsUnhealthyAfterTwoHours()
    {
        await _status.SaveAsync(new SiteRefresh(Fixed.Id) { SoonestExpiry = Now.AddDays(30) }, Token);
        Assert.Equal("ok", (await StateAsync(Fixed)).State);

        _world.Clock.Advance(TimeSpan.FromMinutes(121));
        Assert.Equal(("unhealthy", "No poll has run for 2 hours."), await ReasonAsync());
    }

    /// <summary>The reason a poll gives is lost when a search of another kind goes well: the cursor itself is judged too.</summary>
    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task Report_CursorOlderThan60Hours_IsUnhealthy()
    {
        await RanAsync();
        await _status.SaveAsync(new SitePoll(Fixed.Id) { Cursor = Now - TimeSpan.FromHours(60) }, Token);
        Assert.Equal("ok", (await StateAsync(Fixed)).State);

        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(("unhealthy", "Its failed deliveries were read more than 60 hours ago, and Jira forgets them after 72."), await ReasonAsync());
    }

    [Fact]
    public async Task Report_SwitchedOff_IsDisabledWhateverElseIsWrong()
    {
        var off = new SiteDisabled(Now, "moved");

        Assert.Equal(("disabled", Now), await StateAsync(Fixed with { Disabled = off, Problem = "Its secret is empty." }));
        Assert.Equal(("disabled", Now), await StateAsync(StubSites.OAuth with { Disabled = off }));
    }

    [Fact]
    public async Task ShortReport_HoweverManyAsk_ReadsStorageOnceInAWhile()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _health.ReportAsync(details: false, Token)));
        var once = _world.Tables.Calls;
        _world.Clock.Advance(HealthReporter.FreshFor - TimeSpan.FromSeconds(1));
        await _health.ReportAsync(details: false, Token);
        Assert.InRange(once, 1, 20);
        Assert.Equal(once, _world.Tables.Calls);

        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        await _health.ReportAsync(details: false, Token);
        Assert.NotEqual(once, _world.Tables.Calls);
    }

    [Fact]
    public async Task ShortReport_SomethingBreaks_SaysSoWhenItsTimeIsUp()
    {
        await AllRanAsync();
        Assert.Equal(new HealthReport(true, null), await _health.ReportAsync(details: false, Token));
        _world.Tables.Before = _ => throw new Azure.RequestFailedException(503, "storage is away");

        Assert.True((await _health.ReportAsync(details: false, Token)).Healthy);
        Assert.False((await _health.ReportAsync(details: true, Token)).Healthy);
        _world.Clock.Advance(HealthReporter.FreshFor);
        Assert.Equal(new HealthReport(false, null), await _health.ReportAsync(details: false, Token));
    }

    [Fact]
    public async Task Report_CannotBeMade_HasTheReasonAndALogLine()
    {
        _world.Tables.Before = _ => throw new TimeoutException("storage is away");

        var report = await _health.ReportAsync(details: true, Token);

        Assert.False(report.Healthy);
        Assert.Empty(report.Sites!);
        Assert.Equal("The report could not be made (TimeoutException); see the log.", report.Notice);
        Assert.Equal(LogLevel.Warning, Assert.Single(Logs()).Level);
    }

    /// <summary>Anyone can ask for the short form, as often as they like.</summary>
    [Fact]
    public async Task ShortReport_CannotBeMade_IsLoggedOnceForAllCallers()
    {
        _world.Tables.Before = _ => throw new TimeoutException("storage is away");

        var reports = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _health.ReportAsync(details: false, Token)));

        Assert.All(reports, report => Assert.Equal(new HealthReport(false, null), report));
        Assert.Single(Logs());
    }

    /// <summary>The saved times are known, whatever happens to the vault.</summary>
    [Fact]
    public async Task Report_GrantCannotBeRead_StillHasTheSavedTimes()
    {
        await AllRanAsync();
        ((MemoryTokenStore)_world.NewInstance().GetRequiredService<ITokenStore>()).BeforeRead = _ => throw new TimeoutException("the vault is away");

        var site = Assert.Single(await _health.ReportAsync([StubSites.OAuth], Token));

        Assert.Equal(("unhealthy", "Its OAuth grant cannot be read."), (site.State, site.Reason));
        Assert.Equal(Now.AddDays(30), site.SoonestExpiry);
        Assert.NotNull(site.LastRefresh);
    }

    /// <summary>After an edit by hand, a row can have any time. The reason must not name the grant, which such a site does not even have.</summary>
    [Fact]
    public async Task Report_RowWithATimeThatCannotBeUsed_ConcernsOnlyThatSite()
    {
        await AllRanAsync();
        var row = new TableEntity(World.Globex, RunKind.Refresh) { ["At"] = Now, ["OkAt"] = Now, ["SoonestExpiry"] = "0001-01-02" };
        await _world.Tables.GetTableClient(TableNames.Status).UpsertEntityAsync(row, TableUpdateMode.Replace, Token);

        var sites = (await _health.ReportAsync(details: true, Token)).Sites!;

        var edited = sites.Single(site => site.Site == World.Globex);
        Assert.Equal(("unhealthy", "Its state could not be computed (ArgumentOutOfRangeException); see the log."), (edited.State, edited.Reason));
        Assert.Equal("ok", sites.Single(site => site.Site == World.Acme).State);
        Assert.Contains(World.Globex, Assert.Single(Logs()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShortReport_FirstCallerLeaves_TheOthersGetIt()
    {
        await AllRanAsync();

        Assert.False((await _health.ReportAsync(details: false, new CancellationToken(canceled: true))).Healthy);
        Assert.True((await _health.ReportAsync(details: false, Token)).Healthy);
    }

    private IEnumerable<FakeLogRecord> Logs() => _world.Logs.GetSnapshot().Where(entry => entry.Category == typeof(HealthReporter).FullName);

    private async Task RanAsync()
    {
        await _status.SaveAsync(new SiteRefresh(Fixed.Id) { SoonestExpiry = Now.AddDays(30) }, Token);
        await PolledAsync();
    }

    private async Task AllRanAsync()
    {
        foreach (var site in new[] { World.Acme, World.Globex }) await _status.SaveAsync(new SiteRefresh(site) { SoonestExpiry = Now.AddDays(30) }, Token);
    }

    private Task PolledAsync() => _status.SaveAsync(new SitePoll(Fixed.Id) { Cursor = Now.AddHours(-1) }, Token);

    private async Task<(string State, DateTimeOffset? Since)> StateAsync(Site site)
    {
        var health = Assert.Single(await _health.ReportAsync([site], Token));
        return (health.State, health.Since);
    }

    private async Task<(string State, string? Reason)> ReasonAsync()
    {
        var health = Assert.Single(await _health.ReportAsync([Fixed], Token));
        return (health.State, health.Reason);
    }
}
