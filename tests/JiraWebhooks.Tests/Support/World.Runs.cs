using JiraWebhooks.Health;
using JiraWebhooks.Recovery;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Recovery;
using JiraWebhooks.Webhooks;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Support;

/// <content>What happens: timers run, Jira emits and delivers.</content>
internal sealed partial class World
{
    /// <summary>A refresh run of a new instance.</summary>
    public Task<IReadOnlyList<SiteRefresh>> RefreshAsync() => Clock.DriveAsync(RefreshAsync(NewInstance()));

    private static async Task<IReadOnlyList<SiteRefresh>> RefreshAsync(IServiceProvider instance)
    {
        // As the function does.
        var results = await instance.GetRequiredService<WebhookRefresher>().RunAsync(CancellationToken.None);
        await instance.GetRequiredService<SiteRemoval>().RunAsync(CancellationToken.None);
        return results;
    }

    /// <summary>A refresh run's result for one site.</summary>
    public async Task<SiteRefresh> RefreshAsync(string site) => (await RefreshAsync()).Single(result => result.Site == site);

    /// <summary>Refreshes one site over the API.</summary>
    public Task<ApiAnswer> RefreshByHandAsync(string site) => Clock.DriveAsync(new ApiCaller(NewInstance()).RefreshAsync(site));

    /// <summary>The rows of the table <c>webhooks</c> of one site.</summary>
    public Task<IReadOnlyList<WebhookRow>> RowsAsync(string site) => new WebhookTable(new LazyTable(_tables, TableNames.Webhooks)).ListAsync(site, CancellationToken.None);

    /// <summary>Since when webhooks of one site are recorded as missing; null if nothing has to be searched for.</summary>
    public async Task<DateTimeOffset?> MissingSinceAsync(string site) => (await this.Outages().MissingAsync(site, CancellationToken.None))?.From;

    /// <summary>The plan of a new instance for one site.</summary>
    public Task<SitePlan> PlanAsync(string site) => Clock.DriveAsync(PlanAsync(NewInstance(), site));

    private static async Task<SitePlan> PlanAsync(IServiceProvider instance, string site) =>
        await instance.GetRequiredService<SitePlanner>().PlanAsync((await instance.GetRequiredService<ISiteStore>().FindAsync(site, CancellationToken.None))!,
            CancellationToken.None);

    /// <summary>A poll run of a new instance.</summary>
    public Task<IReadOnlyList<SitePoll>> PollAsync() =>
        Clock.DriveAsync(NewInstance().GetRequiredService<FailedDeliveryPoller>().RunAsync(CancellationToken.None));

    /// <summary>A poll run's result for one site.</summary>
    public async Task<SitePoll> PollAsync(string site) => (await PollAsync()).Single(result => result.Site == site);

    /// <summary>Health with details, of a process of its own: what is known must be stored.</summary>
    public Task<HealthReport> HealthAsync() => NewInstance().GetRequiredService<IHealthReporter>().ReportAsync(details: true, CancellationToken.None);

    /// <summary>An issue changes on a site; gives the deliveries' identifiers.</summary>
    public IReadOnlyList<string> Emit(string site, int issue = 1, string webhookEvent = "jira:issue_updated") =>
        Jira.Emit(site, webhookEvent, $$"""{"timestamp":{{Clock.GetUtcNow().ToUnixTimeMilliseconds()}},"issue":{"id":"{{10_000 + issue}}","key":"SHOP-{{issue}}"} }""");

    /// <summary>Jira delivers what is due, and retries for as long as it would.</summary>
    public async Task DeliverAllAsync()
    {
        using var client = _app.GetTestClient();
        while (Jira.NextDue is { } due)
        {
            if (due > Clock.GetUtcNow()) await Clock.MoveToAsync(due);
            await Jira.DeliverDueAsync(client, CancellationToken.None);
        }
    }

    /// <summary>Puts <paramref name="count"/> deliveries of a Connect site on its failed list.</summary>
    public async Task<IReadOnlyList<string>> FailAsync(string site, int count)
    {
        var identifiers = Enumerable.Range(1, count).SelectMany(issue => Emit(site, issue)).ToList();
        Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");
        await DeliverAllAsync();
        Publisher.Before = (_, _) => Task.CompletedTask;
        return identifiers;
    }
}
