using System.Net;
using System.Net.Sockets;
using JiraSimulator;
using JiraWebhooks.Hosting;
using JiraWebhooks.Publishing;
using JiraWebhooks.Recovery;
using JiraWebhooks.Sites;
using JiraWebhooks.Webhooks;
using LocalHost.Hosting;
using LocalHost.Simulation;

namespace LocalHost.Demo;

/// <summary>Five weeks in less than a minute: sites are added and removed, the receiver fails at times, webhooks would expire on day 30, Jira
/// gives up on deliveries, a grant is revoked. Everything except the clock and Jira is real: HTTP, signatures, Azurite.</summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private const int Days = 35;
    private const int RemovalDay = 8;
    private const int WithdrawalDay = 10;
    private const int ReconnectDay = 12;

    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(15);

    private readonly SimulatedClock _clock = new(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));
    private readonly Random _random = new(1);
    private readonly HttpClient _network;
    private readonly string _tokens = Directory.CreateTempSubdirectory("demo").FullName;
    private readonly string _storage;
    private readonly DemoSites _sites;

    public DemoRun(string storage)
    {
        _storage = storage;
        _network = new HttpClient(new CountingHandler(_clock) { InnerHandler = new SocketsHttpHandler() }) { Timeout = Timeout.InfiniteTimeSpan };
        Jira = new SimulatedJira(_clock);
        var options = new LocalAppOptions(FreePort(), new ConfigurationBuilder().AddInMemoryCollection(DemoSites.Settings(_tokens)).Build(), storage)
        {
            Clock = _clock,
            Jira = Jira,
            Schedules = false,
            Before = FlakyReceiver.LoseAnswersAsync,
            LogLevel = LogLevel.None,
        };
        SimulatedSites.AddAdmin(Jira, options.BaseUrl);
        App = LocalApp.Build(options, services => services
            .AddLogging(logging => logging.ClearProviders())
            .AddCountedOperations(_clock)
            .AddKeyedSingleton<IDeliveryPublisher>(AzureClients.Receive, (provider, _) =>
                    new FlakyReceiver(provider.GetRequiredKeyedService<IDeliveryPublisher>(AzureClients.Timers))));
        _sites = new DemoSites(Jira, options.BaseUrl, options.Key);
        _sites.Create();
        Port = options.Port;
    }

    public SimulatedJira Jira { get; }

    public WebApplication App { get; }

    private int Port { get; }

    private DateTimeOffset NextPoll { get; set; }

    public async Task<DemoResult> RunAsync(int events, TextWriter log, CancellationToken cancellationToken)
    {
        // How long the demo takes is a figure of this machine, not of the simulated clock.
        var started = TimeProvider.System.GetTimestamp();
        await LocalApp.StartAsync(App, Port, cancellationToken);
        await _sites.ConnectAsync(cancellationToken);
        await _sites.ImportAsync(cancellationToken);
        await _clock.MoveToAsync(_clock.GetUtcNow().AddMinutes(1), cancellationToken);
        for (var day = 0; day < Days; day++)
        {
            await ChangeAsync(day, log, cancellationToken);
            var refreshed = await _clock.DriveAsync(App.Services.GetRequiredService<WebhookRefresher>().RunAsync(cancellationToken));
            await _clock.DriveAsync(App.Services.GetRequiredService<SiteRemoval>().RunAsync(cancellationToken));
            foreach (var result in refreshed.Where(result => result.Problem is not null)) await log.WriteLineAsync($"Day {day}: {result.Problem}");
            NextPoll = _clock.GetUtcNow();
            await WorkAsync((events * (day + 1) / Days) - (events * day / Days), cancellationToken);

            var next = _clock.Start.AddDays(day + 1);
            if (next > _clock.GetUtcNow()) await _clock.MoveToAsync(next, cancellationToken);
            if (day is 0 or 29 or 30 or Days - 1) await log.WriteLineAsync($"Day {day}: {Jira.Ledger.Emitted.Count} events so far, {Jira.Sites.Sum(site => site.Webhooks.Count)} webhooks alive.");
        }

        return await QueueBalance.DrainAsync(_storage, "jira-deliveries", Jira, TimeProvider.System.GetElapsedTime(started), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _network.Dispose();
        _sites.Dispose();
        await App.DisposeAsync();
        Directory.Delete(_tokens, recursive: true);
    }

    private async Task ChangeAsync(int day, TextWriter log, CancellationToken cancellationToken)
    {
        switch (day)
        {
            case RemovalDay:
                await _sites.RemoveSecondAsync(cancellationToken);
                await log.WriteLineAsync($"Day {day}: {SimulatedSites.SecondOAuth} is removed.");
                break;
            case WithdrawalDay:
                _sites.Withdraw();
                await log.WriteLineAsync($"Day {day}: the consent for {SimulatedSites.OAuth} is withdrawn.");
                break;
            case ReconnectDay:
                await _sites.ConnectAsync(cancellationToken);
                await log.WriteLineAsync($"Day {day}: {SimulatedSites.OAuth} is connected again.");
                break;
        }
    }

    // One day: its events, Jira's attempts until none remains, and timer runs until the missed events are found. Then the night.
    private async Task WorkAsync(int events, CancellationToken cancellationToken)
    {
        for (var number = 0; number < events; number++)
        {
            Emit();
            if (_random.Next(8) == 0) await PassAsync(_clock.GetUtcNow().AddMinutes(_random.Next(1, 5)), cancellationToken);
        }

        while (Jira.NextDue is { } due) await PassAsync(due > _clock.GetUtcNow() ? due : _clock.GetUtcNow(), cancellationToken);
        await PassAsync(_clock.GetUtcNow() + (3 * Tick), cancellationToken);
    }

    private async Task PassAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        await Jira.DeliverDueAsync(_network, cancellationToken);
        while (NextPoll <= until)
        {
            if (NextPoll > _clock.GetUtcNow()) await _clock.MoveToAsync(NextPoll, cancellationToken);
            await _clock.DriveAsync(App.Services.GetRequiredService<FailedDeliveryPoller>().RunAsync(cancellationToken));
            NextPoll += Tick;
        }

        if (until > _clock.GetUtcNow()) await _clock.MoveToAsync(until, cancellationToken);
        await Jira.DeliverDueAsync(_network, cancellationToken);
    }

    private void Emit()
    {
        var heard = Jira.Sites.Where(site => site.Options.Auth is SimulatedAuth.AdminWebhook || site.Webhooks.Count > 0).ToList();
        var site = heard[_random.Next(heard.Count)].Options;
        var (name, body) = BelievableEvents.Next(_random, site.Url, _clock.GetUtcNow());

        // A search finds no deleted issues, so a site whose only recovery is a search must not miss a deletion (docs/sites.md); the demo emits none there.
        while (site.Slug == SimulatedSites.OAuth && name == "jira:issue_deleted") (name, body) = BelievableEvents.Next(_random, site.Url, _clock.GetUtcNow());
        Jira.Emit(site.Slug, name, body);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
