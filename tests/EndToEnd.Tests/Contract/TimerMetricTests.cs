using static EndToEnd.Tests.Contract.ContractSites;

namespace EndToEnd.Tests.Contract;

/// <summary>What the timers measure: the alerts ask for these series by name.</summary>
public sealed class TimerMetricTests(ContractWorld world) : IClassFixture<ContractWorld>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Timers_RunByHand_MeasureEverySite()
    {
        Assert.Equal(200, await world.StatusAsync("POST", "/api/sites/acme/refresh"));
        world.Jira.Sites.Single(site => site.Options.Slug == Globex).AddFailed(new("failed-3", "https://localhost/", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), Delivery.Body));
        Assert.Equal(202, await world.StatusAsync("POST", "/admin/functions/RefreshWebhooks"));
        Assert.Equal(202, await world.StatusAsync("POST", "/admin/functions/PollFailedWebhooks", new { }));
        IReadOnlyDictionary<Series, double> all;
        do all = await world.Collector.ReadAsync(Token);
        while (all.Count(series => series.Key.Name == "jira.timer.runs") < 2 || all.Keys.All(series => series.Name != "jira.sites.reconnect_required"));

        var timers = all.Where(series => !series.Key.Name.StartsWith("jira.deliver", StringComparison.Ordinal) && series.Key.Name != "jira.failed.possible_loss").ToList();
        Assert.Equal(
            [
                "gauge jira.failed.cursor_age{site=globex} h", "gauge jira.failed.cursor_age{site=vandelay} h",
                "gauge jira.refresh.age{site=acme} h", "gauge jira.refresh.age{site=globex} h", "gauge jira.refresh.age{site=stark} h", "gauge jira.refresh.age{site=vandelay} h",
                "gauge jira.sites.measured{} {site}", "gauge jira.sites.reconnect_required{} {site}", "gauge jira.sites.unhealthy{} {site}",
                "gauge jira.webhooks.expiry{site=acme} d", "gauge jira.webhooks.expiry{site=globex} d", "gauge jira.webhooks.expiry{site=vandelay} d",
                "sum jira.failed.recovered{} {delivery}",
                "sum jira.refresh.completed{outcome=failed} {refresh}", "sum jira.refresh.completed{outcome=ok} {refresh}",
                "sum jira.timer.runs{timer=poll} {run}", "sum jira.timer.runs{timer=refresh} {run}",
            ],
            timers.Select(series => $"{series.Key.Kind} {series.Key} {series.Key.Unit}").Order(StringComparer.Ordinal));
        Assert.Equal(1, timers.Single(series => series.Key.Name == "jira.sites.unhealthy").Value);
        Assert.Equal(1, timers.Single(series => series.Key.Name == "jira.sites.reconnect_required").Value);
        Assert.InRange(timers.Single(series => series.Key.ToString() == "jira.webhooks.expiry{site=acme}").Value, 29.9, 30);
    }
}
