using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Health;

/// <summary>The end of a run is not the fault of a site whose turn had just begun, whatever else is wrong with the site.</summary>
[Collection<Clocked>]
public sealed class CutShortTurnTests : IAsyncLifetime
{
    private static readonly TimeSpan UntilTheLastSeconds = TimeSpan.FromMinutes(7.75);

    private World _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        _world.Settings["RunParallelism"] = "1";
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData("project = SHOP", "")]
    [InlineData("summary ~ oops", "The clause summary is unsupported")]
    [Trait("Decision", "schedules")]
    public async Task Refresh_TurnBeginsAtTheEndOfTheRun_SiteStaysDueAndKeepsItsPlace(string jql, string refusal)
    {
        _world.Subscribe(World.Globex, "more", jql, "jira:issue_updated");
        await _world.RefreshAsync();
        var before = await TurnsAsync();
        _world.Clock.Advance(TimeSpan.FromDays(1));
        _world.Site(World.Globex).Faults.Latency = TimeSpan.FromSeconds(10);

        var results = await RunAsync();

        var globex = results.Single(result => result.Site == World.Globex);
        Assert.EndsWith(SiteRuns.TimeIsUp, globex.Problem, StringComparison.Ordinal);
        Assert.Contains(refusal, globex.Problem, StringComparison.Ordinal);
        var after = await TurnsAsync();
        Assert.Equal([World.Globex, World.Acme], after.Select(turn => turn.Site.Id));
        Assert.Equal(before.Single(turn => turn.Site.Id == World.Globex).At, after[0].At);
        Assert.Contains(_world.Logs.GetSnapshot(), log => log.Message.StartsWith("The refresh has ended with 1 sites still due", StringComparison.Ordinal));
    }

    // The first site takes almost all the time of the run.
    private async Task<IReadOnlyList<SiteRefresh>> RunAsync()
    {
        var instance = _world.NewInstance();
        var refresher = instance.GetRequiredService<SiteRefresher>();
        var work = new SiteWork<SiteRefresh>(
            RunKind.Refresh,
            site => site.HasApi,
            site => new SiteRefresh(site.Id),
            site => new SiteRefresh(site.Id),
            async (site, cancellationToken) =>
            {
                if (site.Id == World.Globex) return await refresher.RefreshAsync(site, isByHand: false, cancellationToken);

                await Task.Delay(UntilTheLastSeconds, _world.Clock, cancellationToken);
                return new SiteRefresh(site.Id);
            },
            _ => { });
        return await _world.Clock.DriveAsync(instance.GetRequiredService<SiteRuns>().RunAsync(work, Token));
    }

    private async Task<IReadOnlyList<SiteTurn>> TurnsAsync()
    {
        Site[] sites = [(await _world.FindAsync(World.Acme))!, (await _world.FindAsync(World.Globex))!];
        return (await _world.NewInstance().GetRequiredService<IRunReport>().TurnsAsync(sites, RunKind.Refresh, Token)).Turns;
    }
}
