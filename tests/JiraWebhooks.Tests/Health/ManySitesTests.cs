using System.Globalization;
using JiraSimulator;
using JiraWebhooks.Api;
using JiraWebhooks.Health;
using JiraWebhooks.Recovery;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Health;

/// <summary>Many sites on the clock of the test, with two instances that share the work: an hourly refresh reaches every site within a day, and the poll
/// recovers all of them after an outage. One site of four has an OAuth app and a grant of its own, the others a Connect app. One site of a hundred
/// fails, each in another way.</summary>
[Collection<Clocked>]
public sealed class ManySitesTests(ITestOutputHelper output)
{
    private const int FailedEach = 3;

    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly Action<Faults>[] Failures =
    [
        faults => faults.FailNext("", 500, times: 1_000_000),
        faults => faults.FailNext("", 403, times: 1_000_000),
        faults => faults.FailNext("", 429, times: 1_000_000, retryAfter: "3600"),
        faults => faults.FailNext("", 404, times: 1_000_000),
        faults => faults.Latency = TimeSpan.FromHours(1),
    ];

    /// <summary>A hundred and 400; MANY_SITES adds a number, for docs/proof.md.</summary>
    public static TheoryData<int> Counts =>
        int.TryParse(Environment.GetEnvironmentVariable("MANY_SITES"), CultureInfo.InvariantCulture, out var more) ? [100, 400, more] : [100, 400];

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task ManySites_AreRefreshedWithinADayAndRecoveredWithinAnHour(int count)
    {
        await using var world = await World.StartAsync();
        world.Forget(World.Acme);
        world.Forget(World.Globex);
        var slugs = Enumerable.Range(0, count).Select(number => $"site{number:00000}").ToList();
        await world.Clock.DriveAsync(AddAsync(world, slugs));
        world.Clock.Advance(TimeSpan.FromMinutes(1)); // until every instance knows them
        var sites = world.Jira.Sites.ToDictionary(site => site.Options.Slug, StringComparer.Ordinal);
        var broken = slugs.Where((_, number) => number % 100 == 99).ToList();
        foreach (var (slug, number) in broken.Select((slug, number) => (slug, number))) Failures[number % Failures.Length](sites[slug].Faults);
        var healthy = slugs.Except(broken).ToList();
        var listed = healthy.Where(slug => sites[slug].Options.Auth is SimulatedAuth.Connect).ToList();
        foreach (var slug in healthy) sites[slug].Faults.Latency = Latency;
        IServiceProvider[] instances = [world.NewInstance(), world.NewInstance()];
        var took = TimeProvider.System.GetTimestamp();

        var hours = await RunsUntilAsync(world, instances, () => healthy.TrueForAll(slug => sites[slug].Webhooks.Count >= 5), RefreshAsync, Hour);
        var calls = Calls(world);
        Print($"{count} sites: refreshed in {hours} h of the simulated clock, {calls / (double)count:0.00} calls a site, {Seconds(took):0} s of real time");
        Assert.InRange(hours, 1, 24);
        Assert.InRange(calls / (double)count, 2.5, 3.5);

        // The next hours ask only those that have failed.
        for (var hour = 0; hour < 3; hour++) await RunAllAsync(world, instances, RefreshAsync, Hour);
        Assert.InRange(Calls(world) - calls, 0, 3 * broken.Count * 40);

        took = TimeProvider.System.GetTimestamp();
        foreach (var slug in listed) AddFailed(world, sites[slug]);
        hours = await RunsUntilAsync(world, instances, () => world.Publisher.Messages.Count >= listed.Count * FailedEach, PollAsync, TimeSpan.FromMinutes(15));
        Print($"{count} sites: {listed.Count * FailedEach} failed deliveries recovered in {hours} polls, {Seconds(took):0} s of real time");
        Assert.InRange(hours, 1, 12);
        Assert.Equal(listed.Count * FailedEach, world.Publisher.Messages.Select(message => message.MessageId).Distinct().Count());

        took = TimeProvider.System.GetTimestamp();
        var report = await world.Clock.DriveAsync(instances[0].GetRequiredService<IHealthReporter>().ReportAsync(details: true, CancellationToken.None));
        Print($"{count} sites: Health details in {1000 * Seconds(took):0} ms");
        Assert.Equal(healthy.Count, report.Sites!.Count(site => site.State == "ok" && site.Site != World.Initech));
    }

    // At run time: the settings are not the place for thousands of sites.
    private static async Task AddAsync(World world, IReadOnlyList<string> slugs)
    {
        var manager = world.NewInstance().GetRequiredService<SiteManager>();
        foreach (var (slug, number) in slugs.Select((slug, number) => (slug, number)))
        {
            var site = new SimulatedSiteOptions(slug, number % 4 == 1 ? SimulatedAuth.OAuth : SimulatedAuth.Connect);
            world.Jira.AddSite(site);
            var request = Request(world, site) with { Url = site.Url, Secret = site.Secret, Webhooks = Declared(number % 50 == 0 ? 100 : 5) };
            await manager.PutAsync(slug, request, null, CancellationToken.None);
        }
    }

    private static SiteRequest Request(World world, SimulatedSiteOptions site) => site.Auth is SimulatedAuth.OAuth
        ? new SiteRequest { Scheme = "OAuth", CloudId = site.CloudId, ClientId = site.ClientId, RefreshToken = world.Jira.OAuth.IssueGrant(site.ClientId) }
        : new SiteRequest { Scheme = "Connect", AppKey = site.AppKey, ClientKey = site.ClientKey, ApiUrl = $"http://localhost/sites/{site.Slug}" };

    private static Dictionary<string, DeclaredWebhookOptions> Declared(int count) => Enumerable.Range(1, count)
        .ToDictionary(webhook => $"w{webhook:000}", _ => new DeclaredWebhookOptions { Events = ["jira:issue_updated"], Jql = "project = SHOP" });

    // Those of an outage of three hours.
    private static void AddFailed(World world, SimulatedSite site)
    {
        for (var hour = 0; hour < FailedEach; hour++)
        {
            var at = world.Clock.GetUtcNow() - TimeSpan.FromHours(hour);
            site.AddFailed(new FailedRecord($"{site.Options.Slug}-{hour}", $"https://hooks.example.com/api/deliveries/{site.Options.Slug}", at.ToUnixTimeMilliseconds(), """{"webhookEvent":"jira:issue_updated"}"""));
        }
    }

    private static async Task<int> RunsUntilAsync(World world, IServiceProvider[] instances, Func<bool> isDone, Func<IServiceProvider, Task> run, TimeSpan every)
    {
        var runs = 0;
        for (; runs < 25 && !isDone(); runs++) await RunAllAsync(world, instances, run, every);
        return runs;
    }

    private static async Task RunAllAsync(World world, IServiceProvider[] instances, Func<IServiceProvider, Task> run, TimeSpan every)
    {
        var started = world.Clock.GetUtcNow();
        await world.Clock.DriveAsync(Task.WhenAll(instances.Select(run)));
        world.Clock.Advance(started + every - world.Clock.GetUtcNow());
    }

    private static Task RefreshAsync(IServiceProvider instance) => ToleratingAsync(instance.GetRequiredService<WebhookRefresher>().RunTimerAsync(CancellationToken.None));

    private static Task PollAsync(IServiceProvider instance) => ToleratingAsync(instance.GetRequiredService<FailedDeliveryPoller>().RunTimerAsync(CancellationToken.None));

    // All that this instance had were sites that fail.
    private static async Task ToleratingAsync(Task run)
    {
        try
        {
            await run;
        }
        catch (TimerRunException)
        {
        }
    }

    private static double Seconds(long since) => TimeProvider.System.GetElapsedTime(since).TotalSeconds;

    private static int Calls(World world) => new[] { "GET", "POST", "PUT", "DELETE" }.Sum(verb => world.Jira.Ledger.Calls($"{verb} /rest/api/3/webhook")) + world.Jira.Ledger.Calls("PUT /rest/api/3/webhook/refresh");

    private void Print(FormattableString line) => output.WriteLine(FormattableString.Invariant(line));
}
