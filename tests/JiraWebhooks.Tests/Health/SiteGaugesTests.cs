using JiraWebhooks.Health;
using JiraWebhooks.OAuth;
using JiraWebhooks.Recovery;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Telemetry;
using JiraWebhooks.Tests.OAuth;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Health;

/// <summary>What the alerts are made of: measured from what is stored, at the end of every run, however the run went.</summary>
[Collection<Clocked>]
public sealed class SiteGaugesTests : IAsyncLifetime
{
    private World _world = null!;
    private SiteStatusTable _status = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _world.Clock.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        _status = _world.NewInstance().GetRequiredService<SiteStatusTable>();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task Poll_FailsForDays_CursorAgeGoesOnRising()
    {
        using var measured = new MeasuredHere();
        await _status.SaveAsync(new SitePoll(World.Globex) { Cursor = Now }, Token);
        _world.Site(World.Globex).Faults.FailNext("", 500, times: 1000);

        foreach (var hours in new[] { 48, 13 })
        {
            measured.Clear();
            _world.Clock.Advance(TimeSpan.FromHours(hours));
            Assert.NotNull((await _world.PollAsync(World.Globex)).Problem);
        }

        Assert.InRange(Assert.Single(measured.Of(MetricNames.CursorAge, World.Globex)), 61, 61.9);
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task Poll_HasFailedFromTheFirst_CursorAgeCountsFromThere()
    {
        using var measured = new MeasuredHere();
        _world.Site(World.Globex).Faults.FailNext("", 500, times: 1000);
        await _world.PollAsync();
        measured.Clear();
        _world.Clock.Advance(TimeSpan.FromHours(61));

        await _world.PollAsync();

        Assert.InRange(Assert.Single(measured.Of(MetricNames.CursorAge, World.Globex)), 61, 61.9);
    }

    [Fact]
    [Trait("Rule", "cursor-after-publish")]
    public async Task Record_FailedListClosed_HasNoCursorAge()
    {
        using var measured = new MeasuredHere();
        await _status.SaveAsync(new SitePoll(World.Globex) { Cursor = Now }, Token);
        await RecordAsync(StubSites.Connect);
        Assert.Equal([0], measured.Of(MetricNames.CursorAge, World.Globex));
        await _status.SaveAsync(new SitePoll(World.Globex) { Unsupported = true }, Token);
        await _status.SaveAsync(new SitePoll(World.Acme) { Problem = "The search failed." }, Token);
        measured.Clear();

        await RecordAsync(StubSites.Connect, StubSites.OAuth);

        Assert.Empty(measured.Of(MetricNames.CursorAge, World.Globex));
        Assert.Empty(measured.Of(MetricNames.CursorAge, World.Acme));
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task Refresh_FailsForWeeks_ExpiryCountsDownAndItsAgeRises()
    {
        using var measured = new MeasuredHere();
        await _status.SaveAsync(new SiteRefresh(World.Globex) { SoonestExpiry = Now.AddDays(30) }, Token);
        _world.Site(World.Globex).Faults.FailNext("", 401, times: 1000);
        _world.Clock.Advance(TimeSpan.FromDays(24));

        Assert.NotNull((await _world.RefreshAsync(World.Globex)).Problem);
        await _world.PollAsync();

        var (expiry, age) = (measured.Of(MetricNames.WebhookExpiry, World.Globex), measured.Of(MetricNames.RefreshAge, World.Globex));
        Assert.Equal(2, expiry.Count);
        Assert.Equal(2, age.Count);
        Assert.All(expiry, days => Assert.InRange(days, 5.9, 6));
        Assert.All(age, hours => Assert.InRange(hours, 24 * 24, (24 * 24) + 1));
    }

    [Fact]
    public async Task Record_AllWebhooksTakenAway_HasNoExpiryAnyMore()
    {
        using var measured = new MeasuredHere();
        await _status.SaveAsync(new SiteRefresh(World.Globex) { SoonestExpiry = Now.AddDays(30) }, Token);
        await _status.SaveAsync(new SiteRefresh(World.Globex), Token);

        await RecordAsync(StubSites.Connect);

        Assert.Empty(measured.Of(MetricNames.WebhookExpiry, World.Globex));
        Assert.Equal([0], measured.Of(MetricNames.RefreshAge, World.Globex));
    }

    [Fact]
    public async Task Record_ManySites_NamesTheTwentyThatAreWorst()
    {
        using var measured = new MeasuredHere();
        var sites = Enumerable.Range(1, 50).Select(number => StubSites.Connect with { Id = $"site{number:00}" }).ToArray();
        foreach (var (site, number) in sites.Select((site, number) => (site.Id, number + 1)))
        {
            await _status.SaveAsync(new SiteRefresh(site) { SoonestExpiry = Now.AddDays(number) }, Token);
            await _status.SaveAsync(new SitePoll(site) { Cursor = Now.AddHours(-number) }, Token);
        }

        await RecordAsync(sites);

        var soonest = sites.Where(site => measured.Of(MetricNames.WebhookExpiry, site.Id).Count > 0).Select(site => site.Id);
        var oldest = sites.Where(site => measured.Of(MetricNames.CursorAge, site.Id).Count > 0).Select(site => site.Id);
        Assert.Equal(sites[..20].Select(site => site.Id), soonest);
        Assert.Equal(sites[30..].Select(site => site.Id), oldest);
        Assert.Equal(20, sites.Count(site => measured.Of(MetricNames.RefreshAge, site.Id).Count > 0));
        Assert.Equal([50], measured.Of(MetricNames.SitesMeasured, null));
    }

    [Fact]
    public async Task Record_SiteNeverRefreshed_CountsSinceItIsKnown()
    {
        using var measured = new MeasuredHere();
        await RecordAsync(StubSites.Connect with { Id = "unmet" }, StubSites.Connect with { ActiveSince = Now - TimeSpan.FromHours(27) });
        Assert.Empty(measured.Of(MetricNames.RefreshAge, "unmet"));
        Assert.Equal([27], measured.Of(MetricNames.RefreshAge, World.Globex));

        // One of the settings is known since the first run that met it.
        await _status.SaveAsync(new SiteRefresh(World.Globex) { Failed = 1, Problem = "boom" }, Token);
        measured.Clear();
        _world.Clock.Advance(TimeSpan.FromHours(30));
        await _status.SaveAsync(new SiteRefresh(World.Globex) { Failed = 1, Problem = "boom" }, Token);
        await RecordAsync(StubSites.Connect);
        Assert.Equal([30], measured.Of(MetricNames.RefreshAge, World.Globex));
    }

    [Fact]
    public async Task Record_SitesSwitchedOff_AreLeftOut()
    {
        using var measured = new MeasuredHere();
        await _status.SaveAsync(new SiteRefresh(World.Globex) { SoonestExpiry = Now.AddDays(3) }, Token);
        await _status.SaveAsync(new SitePoll(World.Globex) { Cursor = Now.AddHours(-70) }, Token);
        var off = new SiteDisabled(Now, null);

        await RecordAsync(
            StubSites.Connect with { Disabled = off },
            StubSites.Connect with { Id = "wrong", Disabled = off, Problem = "Its secret is empty." },
            StubSites.OAuth with { Id = "dead", Disabled = off });

        Assert.All([MetricNames.CursorAge, MetricNames.WebhookExpiry, MetricNames.RefreshAge], name => Assert.Empty(measured.Of(name, World.Globex)));
        Assert.Equal([0], measured.Of(MetricNames.SitesUnhealthy));
        Assert.Equal([0], measured.Of(MetricNames.SitesReconnectRequired));
    }

    /// <summary>A search that fails for days is in no other alert: an OAuth site has no cursor.</summary>
    [Theory]
    [InlineData(23, 0)]
    [InlineData(24, 1)]
    public async Task Record_RecoveryFailsForADay_CountsTheSiteAsUnhealthy(int hours, int unhealthy)
    {
        await _world.RefreshAsync();
        await _world.PollAsync();
        _world.Clock.Advance(TimeSpan.FromHours(3));
        _world.Site(World.Acme).Faults.FailNext("/search/jql", 404, times: 1000);
        Assert.NotNull((await _world.PollAsync(World.Acme)).Problem);
        using var measured = new MeasuredHere();
        _world.Clock.Advance(TimeSpan.FromHours(hours));

        await _world.PollAsync();

        Assert.Equal([unhealthy], measured.Of(MetricNames.SitesUnhealthy));
    }

    /// <summary>A dead grant has a gauge of its own.</summary>
    [Fact]
    public async Task Record_RecoveryFailsForWantOfAGrant_CountsTheSiteOnce()
    {
        using var measured = new MeasuredHere();
        await _status.SaveAsync(new SitePoll("never-given") { Problem = "There is no grant." }, Token);
        _world.Clock.Advance(TimeSpan.FromDays(3));

        await RecordAsync(StubSites.OAuth with { Id = "never-given" });

        Assert.Equal([0], measured.Of(MetricNames.SitesUnhealthy));
        Assert.Equal([1], measured.Of(MetricNames.SitesReconnectRequired));
    }

    [Fact]
    public async Task Record_SitesThatNeedAPerson_AreCounted()
    {
        using var measured = new MeasuredHere();

        await RecordAsync(StubSites.Connect with { Problem = "Its secret is empty." }, StubSites.OAuth with { Id = "never-given" });

        Assert.Equal([1], measured.Of(MetricNames.SitesUnhealthy));
        Assert.Equal([1], measured.Of(MetricNames.SitesReconnectRequired));
    }

    /// <summary>Each of many sites has a grant of its own, and the vault answers in a second: one after the other they would not be read in the minute that
    /// a run has for it.</summary>
    [Fact]
    public async Task Record_ManyGrants_AreReadSideBySide()
    {
        using var measured = new MeasuredHere();
        ((MemoryTokenStore)_world.NewInstance().GetRequiredService<ITokenStore>()).BeforeRead = token => Task.Delay(TimeSpan.FromSeconds(1), _world.Clock, token);

        await _world.Clock.DriveAsync(RecordAsync([.. Enumerable.Range(0, 300).Select(number => StubSites.OAuth with { Id = $"never-given-{number}" })]));

        Assert.Equal([300], measured.Of(MetricNames.SitesReconnectRequired));
    }

    [Fact]
    public async Task Record_GrantThatCannotBeRead_CountsNoneRatherThanTooFew()
    {
        using var measured = new MeasuredHere();
        ((MemoryTokenStore)_world.NewInstance().GetRequiredService<ITokenStore>()).BeforeRead = _ => throw new TimeoutException("the vault is away");

        await RecordAsync(StubSites.OAuth with { Id = "never-given" });

        Assert.Empty(measured.Of(MetricNames.SitesReconnectRequired));
    }

    [Fact]
    public async Task Run_WithNoSitesAtAll_IsCountedByItsTimer()
    {
        using var measured = new MeasuredHere();
        foreach (var site in new[] { World.Acme, World.Globex, World.Initech }) _world.Forget(site);

        await _world.RefreshAsync();
        await _world.PollAsync();

        Assert.Equal([1], measured.Of(MetricNames.TimerRuns, RunKind.Refresh));
        Assert.Equal([1], measured.Of(MetricNames.TimerRuns, RunKind.Poll));
    }

    /// <summary>Alerts read the newest value. A run that cannot read the state must not record that no site is unhealthy: that would resolve the alert.</summary>
    [Fact]
    public async Task Record_StateCannotBeRead_CountsNeitherTheRunNorTheSites()
    {
        using var measured = new MeasuredHere();
        BreakStatus();

        await RecordAsync(StubSites.Connect, StubSites.Admin with { Problem = "Its secret is empty." });

        Assert.Empty(measured.Of(MetricNames.TimerRuns, RunKind.Poll));
        Assert.Empty(measured.Of(MetricNames.SitesUnhealthy));
    }

    [Fact]
    public async Task Record_HostStops_Throws()
    {
        var gauges = _world.NewInstance().GetRequiredService<SiteGauges>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gauges.RecordAsync(RunKind.Poll, [StubSites.Connect], new CancellationToken(canceled: true)));
    }

    private void BreakStatus() => _world.Tables.Before = call =>
    {
        if (call.StartsWith(TableNames.Status, StringComparison.Ordinal)) throw new Azure.RequestFailedException(503, "storage is away");
    };

    private Task RecordAsync(params Site[] sites) =>
        _world.NewInstance().GetRequiredService<SiteGauges>().RecordAsync(RunKind.Poll, sites, Token);
}
