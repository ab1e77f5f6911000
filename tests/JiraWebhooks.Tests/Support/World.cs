using Azure.Data.Tables;
using JiraSimulator;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.OAuth;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.OAuth;
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
internal sealed partial class World : IAsyncDisposable
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
        Tables = tables as InMemoryTables ?? new InMemoryTables(Clock);
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

    public static async Task<World> StartAsync(TableServiceClient? tables = null)
    {
        var world = new World(tables);
        await world._app.StartAsync();
        return world;
    }

    public SimulatedSite Site(string slug) => Jira.Sites.Single(site => site.Options.Slug == slug);

    /// <summary>A site as a new instance knows it.</summary>
    public async Task<Site?> FindAsync(string site) => await NewInstance().GetRequiredService<ISiteStore>().FindAsync(site, CancellationToken.None);

    /// <summary>What is stored of a grant.</summary>
    public async Task<OAuthGrant?> GrantAsync(string grant) => (await _tokens.ReadAsync(grant, CancellationToken.None))?.Grant;

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
}
