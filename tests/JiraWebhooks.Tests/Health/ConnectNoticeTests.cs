using JiraWebhooks.Health;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace JiraWebhooks.Tests.Health;

/// <summary>Connect's end is told before it comes, at every start and in Health.</summary>
[Collection<Clocked>]
public sealed class ConnectNoticeTests
{
    private readonly FakeLogger<ConnectNotice> _logs = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithConnectSites_WarnsOnceAndNamesThem()
    {
        await StartAsync(new Listing(() => new([StubSites.Connect, StubSites.OAuth, StubSites.Connect with { Id = "a-second" }, StubSites.Admin])));

        var entry = Assert.Single(_logs.Entries);
        Assert.Equal(LogLevel.Warning, entry.Level);
        Assert.StartsWith("Connect is in use at: a-second, globex. ", entry.Text, StringComparison.Ordinal);
        Assert.All(
            ["December 2026", "failed deliveries", "OAuth 2.0", "https://www.atlassian.com/blog/developer/announcing-connect-end-of-support-timeline-and-next-steps"],
            part => Assert.Contains(part, entry.Text, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', entry.Message);
    }

    [Fact]
    public async Task Start_WithoutConnectSitesInUse_SaysNothing()
    {
        var off = StubSites.Connect with { Disabled = new SiteDisabled(DateTimeOffset.UnixEpoch, null) };
        await StartAsync(new Listing(() => new([StubSites.OAuth, StubSites.Admin, off])));

        Assert.Empty(_logs.Entries);
    }

    [Fact]
    public async Task Start_StoreAway_NamesThoseOfTheSettings()
    {
        await StartAsync(new Listing(() => throw new SitesUnreadableException([StubSites.Connect], new TimeoutException())));

        Assert.Contains(_logs.Entries, entry => entry.Text.StartsWith("Connect is in use at: globex. ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_StoreThrows_FailsNothing()
    {
        await StartAsync(new Listing(() => throw new InvalidOperationException("boom")));

        Assert.DoesNotContain(_logs.Entries, entry => entry.Level > LogLevel.Information);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Start_StoreHangs_HoldsUpNeitherStartNorEnd()
    {
        var asked = new TaskCompletionSource();
        using var notice = new ConnectNotice(
            new Listing(() =>
            {
                asked.SetResult();
                return new(new TaskCompletionSource<IReadOnlyList<Site>>().Task);
            }),
            _logs);

        await notice.StartAsync(Token).WaitAsync(TestContext.Current.CancellationToken);
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        await notice.StopAsync(Token).WaitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_logs.Entries);
    }

    [Fact]
    public async Task AddJiraWebhooks_ForBothHosts_StartsTheNoticeOnce()
    {
        await using var world = await World.StartAsync();

        Assert.Single(world.NewInstance().GetServices<IHostedService>().OfType<ConnectNotice>());
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task Health_OfAConnectSite_HasTheNoticeAndIsNoWorseForIt()
    {
        await using var world = await World.StartAsync();
        var instance = world.NewInstance();
        foreach (var site in new[] { World.Acme, World.Globex }) await instance.GetRequiredService<SiteStatusTable>().SaveAsync(new SiteRefresh(site), Token);
        var health = instance.GetRequiredService<IHealthReporter>();

        var report = await health.ReportAsync(details: true, Token);

        Assert.True(report.Healthy);
        Assert.All(report.Sites!, site => Assert.Equal(site.Site == World.Globex, site.Notice is not null));
        Assert.Contains("December 2026", report.Sites!.Single(site => site.Site == World.Globex).Notice, StringComparison.Ordinal);
        Assert.Equal(new HealthReport(true, null), await health.ReportAsync(details: false, Token));
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task Health_StorageAway_StillHasTheNotice()
    {
        await using var world = await World.StartAsync();
        var instance = world.NewInstance();
        world.Tables.Before = _ => throw new Azure.RequestFailedException(503, "storage is away");

        var report = Assert.Single(await instance.GetRequiredService<IHealthReporter>().ReportAsync([StubSites.Connect], Token));

        Assert.Equal("unhealthy", report.State);
        Assert.NotNull(report.Notice);
    }

    private async Task StartAsync(ISiteStore sites)
    {
        using var notice = new ConnectNotice(sites, _logs);
        await notice.StartAsync(Token);
        await notice.ExecuteTask!.WaitAsync(Token);
        await notice.StopAsync(Token);
    }

    private sealed class Listing(Func<ValueTask<IReadOnlyList<Site>>> list) : ISiteStore
    {
        public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken) => list();
    }
}
