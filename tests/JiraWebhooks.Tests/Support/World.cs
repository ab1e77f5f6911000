using Azure.Data.Tables;
using JiraSimulator;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.OAuth;
using JiraWebhooks.Publishing;
using JiraWebhooks.Recovery;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.OAuth;
using JiraWebhooks.Webhooks;
using LocalHost.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace JiraWebhooks.Tests.Support;

/// <summary>The whole system in memory: a simulated Jira with one site of each kind, our receiver and timers as the hosts put them together,
/// tables, and one clock for all.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string Acme = "acme";
    public const string Globex = "globex";
    public const string Initech = "initech";

    private readonly WebApplication _app;
    private readonly TableServiceClient _tables;
    private readonly List<ServiceProvider> _instances = [];
    private readonly MemoryTokenStore _tokens = new();

    private World(TableServiceClient? tables)
    {
        Tables = tables as InMemoryTables ?? new InMemoryTables();
        _tables = tables ?? Tables;
        Jira = new SimulatedJira(Clock);
        Jira.AddSite(new SimulatedSiteOptions(Acme, SimulatedAuth.OAuth));
        Jira.AddSite(new SimulatedSiteOptions(Globex, SimulatedAuth.Connect));
        Jira.AddSite(new SimulatedSiteOptions(Initech, SimulatedAuth.AdminWebhook) { AdminWebhookUrl = new Uri("https://hooks.example.com/api/deliveries/initech") });

        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapJiraSimulator(Jira);
        _app.MapPost("/api/" + DeliveryReceiver.Route, (HttpContext context, string site) => Receive(context, site));

        foreach (var site in Jira.Sites) Describe(site.Options);
        Settings[$"Sites:{Acme}:RefreshToken"] = Jira.OAuth.IssueGrant(Site(Acme).Options.ClientId);
        Subscribe(Acme, "issues", "project = SHOP", "jira:issue_created", "jira:issue_updated");
        Subscribe(Globex, "issues", "project = SHOP", "jira:issue_created", "jira:issue_updated");
        Subscribe(Globex, "comments", "project != EMPTY", "comment_created");
    }

    public SimulatedClock Clock { get; } = Clocked.NewClock();

    /// <summary>The clock of our instances, which a test may set wrong; Jira's is <see cref="Clock"/>.</summary>
    public ShiftedClock Ours => field ??= new ShiftedClock(Clock);

    public SimulatedJira Jira { get; }

    public InMemoryTables Tables { get; }

    /// <summary>The vault of all instances.</summary>
    public MemorySecretStore Secrets { get; } = new();

    public RecordingPublisher Publisher { get; } = new();

    /// <summary>What all instances log.</summary>
    public FakeLogCollector Logs { get; } = new();

    /// <summary>The instance that receives deliveries; the newest while this is null.</summary>
    public IServiceProvider? Receiver { get; set; }

    /// <summary>Settings of the instances made from here on.</summary>
    public Dictionary<string, string?> Settings { get; } = new()
    {
        [Schedules.Refresh] = Schedules.Defaults[Schedules.Refresh],
        [Schedules.Poll] = Schedules.Defaults[Schedules.Poll],
        ["PublicBaseUrl"] = "https://hooks.example.com",
        ["Publisher"] = "StorageQueue",
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["AtlassianApiUrl"] = "http://localhost",
        ["AtlassianAuthUrl"] = "http://localhost",
    };

    public static async Task<World> StartAsync(TableServiceClient? tables = null)
    {
        var world = new World(tables);
        await world._app.StartAsync();
        return world;
    }

    public SimulatedSite Site(string slug) => Jira.Sites.Single(site => site.Options.Slug == slug);

    public void Subscribe(string site, string name, string jql, params string[] events)
    {
        Settings[$"Sites:{site}:Webhooks:{name}:Jql"] = jql;
        for (var number = 0; number < events.Length; number++) Settings[$"Sites:{site}:Webhooks:{name}:Events:{number}"] = events[number];
    }

    public void Unsubscribe(string site, string name)
    {
        foreach (var key in Settings.Keys.Where(key => key.StartsWith($"Sites:{site}:Webhooks:{name}:", StringComparison.Ordinal)).ToList()) Settings.Remove(key);
    }

    /// <summary>Takes a site out of the settings, so that it can be added at run time.</summary>
    public void Forget(string site)
    {
        foreach (var key in Settings.Keys.Where(key => key.StartsWith($"Sites:{site}:", StringComparison.Ordinal)).ToList()) Settings.Remove(key);
    }

    /// <summary>Leaves the OAuth site to those who connect it in a browser, with its app in the settings.</summary>
    public void OnboardBrowsers()
    {
        Forget(Acme);
        Settings["OAuthClientId"] = Site(Acme).Options.ClientId;
        Settings["OAuthClientSecret"] = Site(Acme).Options.Secret;
        Settings["Webhooks:issues:Jql"] = "project = SHOP";
        Settings["Webhooks:issues:Events:0"] = "jira:issue_updated";
    }

    /// <summary>A site as a new instance knows it.</summary>
    public async Task<Site?> FindAsync(string site) => await NewInstance().GetRequiredService<ISiteStore>().FindAsync(site, CancellationToken.None);

    /// <summary>What is stored of a grant.</summary>
    public async Task<OAuthGrant?> GrantAsync(string grant) => (await _tokens.ReadAsync(grant, CancellationToken.None))?.Grant;

    /// <summary>What somebody has kept of a Connect app's installation.</summary>
    public string Installation(string site) => $$"""
        {
          "key": "{{Site(site).Options.AppKey}}", "clientKey": "{{Site(site).Options.ClientKey}}", "sharedSecret": "{{Site(site).Options.Secret}}",
          "baseUrl": "{{Site(site).Options.Url}}", "apiUrl": "http://localhost/sites/{{site}}", "productType": "jira", "eventType": "installed",
          "webhooks": { "issues": { "events": ["jira:issue_created", "jira:issue_updated"], "jql": "project = SHOP" } }
        }
        """;

    /// <summary>The network between Jira and us.</summary>
    public HttpClient Client() => _app.GetTestClient();

    /// <summary>A process of its own: nothing is shared but what is stored.</summary>
    public IServiceProvider NewInstance()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Ours);
        services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(Logs)));
        services.AddJiraWebhooks(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build());
        foreach (var client in new[] { JiraServiceCollectionExtensions.ClientName, OAuthGrantClient.ClientName })
        {
            services.AddHttpClient(client).ConfigurePrimaryHttpMessageHandler(() => new DroppedConnections { InnerHandler = _app.GetTestServer().CreateHandler() });
        }

        foreach (var table in new[] { TableNames.Webhooks, TableNames.Cursors, TableNames.Leases, TableNames.Status, TableNames.Sites, TableNames.Tickets })
        {
            services.AddKeyedSingleton(table, (_, _) => new LazyTable(_tables, table));
        }

        foreach (var name in new[] { AzureClients.Receive, AzureClients.Timers }) services.AddKeyedSingleton<IDeliveryPublisher>(name, Publisher);
        services.AddSingleton<ITokenStore>(_tokens);
        services.AddSingleton<ISecretStore>(Secrets);

        var provider = services.BuildServiceProvider();
        _instances.Add(provider);
        return provider;
    }

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

    /// <summary>A poll run of a new instance.</summary>
    public Task<IReadOnlyList<SitePoll>> PollAsync() =>
        Clock.DriveAsync(NewInstance().GetRequiredService<FailedDeliveryPoller>().RunAsync(CancellationToken.None));

    /// <summary>A poll run's result for one site.</summary>
    public async Task<SitePoll> PollAsync(string site) => (await PollAsync()).Single(result => result.Site == site);

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

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances) await instance.DisposeAsync();
        await _app.DisposeAsync();
    }

    private Task Receive(HttpContext context, string site)
    {
        if (_instances.Count == 0) NewInstance();
        return (Receiver ?? _instances[^1]).GetRequiredService<DeliveryReceiver>().ReceiveAsync(context, site);
    }

    private void Describe(SimulatedSiteOptions site)
    {
        Set("Url", site.Url);
        Set("Secret", site.Secret);
        Set("Scheme", site.Auth.ToString());
        if (site.Auth is SimulatedAuth.OAuth)
        {
            Set("CloudId", site.CloudId);
            Set("ClientId", site.ClientId);
        }
        else if (site.Auth is SimulatedAuth.Connect)
        {
            Set("AppKey", site.AppKey);
            Set("ClientKey", site.ClientKey);
            Set("ApiUrl", $"http://localhost/sites/{site.Slug}");
        }

        void Set(string name, string value) => Settings[$"Sites:{site.Slug}:{name}"] = value;
    }
}

/// <summary>Makes a connection that the in-memory server drops look as it does on a network.</summary>
internal sealed class DroppedConnections : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (Exception dropped) when (dropped is OperationCanceledException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("The connection was dropped.", dropped);
        }
    }
}
