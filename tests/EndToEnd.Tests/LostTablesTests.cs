using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using EndToEnd.Tests.Support;
using JiraSimulator;
using JiraWebhooks.Sites;
using JiraWebhooks.Subscriber;
using JiraWebhooks.Webhooks;
using LocalHost.Demo;
using LocalHost.Functions;
using LocalHost.Hosting;
using LocalHost.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests;

/// <summary>The app stops, its tables are deleted, and it starts again, over real HTTP and on Azurite. The secrets of the sites are kept in files.</summary>
[Collection<Clocked>]
public sealed class LostTablesTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly SimulatedClock _clock = Clocked.NewClock(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));
    private readonly SimulatedSiteOptions _acme = new("acme", SimulatedAuth.OAuth);
    private readonly SimulatedSiteOptions _globex = new("globex", SimulatedAuth.Connect);
    private readonly string _tokens = Directory.CreateTempSubdirectory("lost").FullName;
    private readonly HttpClient _http = new();
    private readonly HttpClient _manager = new();
    private SimulatedJira _jira = null!;
    private LocalAppOptions _options = null!;
    private WebApplication _atlassian = null!;
    private string _atlassianUrl = null!;
    private WebApplication _app = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _jira = new SimulatedJira(_clock);
        foreach (var site in new[] { _acme, _globex }) _jira.AddSite(site);

        // A process of its own, as the real one: it stays while the app is away, and its sites are in no settings.
        _atlassianUrl = $"http://localhost:{LocalHostProcess.FreePort()}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(_atlassianUrl);
        _atlassian = builder.Build();
        _atlassian.MapJiraSimulator(_jira);
        await _atlassian.StartAsync(Token);
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OAuthClientId"] = _acme.ClientId,
            ["OAuthClientSecret"] = _acme.Secret,
            ["TokenFolder"] = _tokens,
            ["AtlassianApiUrl"] = _atlassianUrl,
            ["AtlassianAuthUrl"] = _atlassianUrl,
            ["Webhooks:issues:Jql"] = "project = SHOP",
            ["Webhooks:issues:Events:0"] = "jira:issue_updated",
        }).Build();
        _options = new LocalAppOptions(LocalHostProcess.FreePort(), settings, await azurite.NewAccountAsync()) { Clock = _clock, Schedules = false, LogLevel = LogLevel.None };
        await StartAsync();
        _http.BaseAddress = _manager.BaseAddress = _options.BaseUrl;
        _manager.DefaultRequestHeaders.Add(FunctionKey.Header, _options.Key.Value);
        await ConnectAsync();
        await RefreshAsync();
        Assert.All(_jira.Sites, site => Assert.Single(site.Webhooks));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _manager.Dispose();
        await _app.DisposeAsync();
        await _atlassian.DisposeAsync();
        Directory.Delete(_tokens, recursive: true);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Delivery_AfterTheTablesAreLost_IsAskedForAgain_UntilTheSitesAreConnectedAgain()
    {
        await _app.DisposeAsync();
        var tables = new TableServiceClient(_options.Storage);
        await foreach (var table in tables.QueryAsync(cancellationToken: Token)) await tables.DeleteTableAsync(table.Name, Token);
        await StartAsync();

        foreach (var site in new[] { _acme, _globex }) _jira.Emit(site.Slug, "jira:issue_updated", """{"issue":{"id":"10002","key":"SHOP-2"}}""");
        await _jira.DeliverDueAsync(_http, Token);
        Assert.Equal([503, 503], _jira.Ledger.Attempts.Select(attempt => attempt.Status));
        var missing = await MissingAsync(count: 2);
        Assert.Equal(["acme", "globex"], missing);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("/api/health"));

        await ConnectAsync();
        await _clock.MoveToAsync(_jira.NextDue!.Value.AddMinutes(15), Token);
        await _jira.DeliverDueAsync(_http, Token);
        Assert.Equal([200, 200], _jira.Ledger.Attempts.Where(attempt => attempt.Retry == 1).Select(attempt => attempt.Status));
        Assert.Equal(["acme", "globex"], (await new QueueClient(_options.Storage, "jira-deliveries").ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5), Token)).Value
            .Select(message => QueuedDelivery.Parse(message.Body).MessageId.Split(':')[0]).Order());
        Assert.Empty(await MissingAsync(count: 0));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Delivery_OfErasedSites_IsRefusedAndNoAlarm()
    {
        foreach (var site in new[] { _acme, _globex }) _jira.Emit(site.Slug, "jira:issue_updated", """{"issue":{"id":"10002","key":"SHOP-2"}}""");
        foreach (var site in new[] { _acme, _globex })
        {
            using var removed = await _manager.DeleteAsync($"/api/sites/{site.Slug}", Token);
            Assert.Equal(HttpStatusCode.Accepted, removed.StatusCode);
        }

        await _clock.MoveToAsync(_clock.GetUtcNow().AddHours(25), Token);
        await RefreshAsync();
        var row = Assert.Single(await Rows("globex").ToListAsync(Token));
        Assert.Equal("absent", row.PartitionKey);
        Assert.Equal(_clock.GetUtcNow(), row.GetDateTimeOffset("ErasedAt"));
        await _app.DisposeAsync();
        await StartAsync();

        await _jira.DeliverDueAsync(_http, Token);

        Assert.Equal([401, 401], _jira.Ledger.Attempts.Select(attempt => attempt.Status));
        Assert.Empty(await MissingAsync(count: 0));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/api/health"));
    }

    private AsyncPageable<TableEntity> Rows(string id) =>
        new TableClient(_options.Storage, "sites").QueryAsync<TableEntity>(row => row.RowKey == id, cancellationToken: Token);

    private async Task StartAsync()
    {
        _app = LocalApp.Build(_options, services => services.AddCountedOperations(_clock));
        await LocalApp.StartAsync(_app, _options.Port, Token);
    }

    private async Task ConnectAsync()
    {
        using var browser = new DemoBrowser(_options.BaseUrl, _options.Key);
        Assert.Equal(_acme.CloudId, Assert.Single(await browser.ConnectAsync(Token)));
        using var imported = await _manager.PostAsJsonAsync(
            "/api/sites/globex/import",
            new { key = _globex.AppKey, clientKey = _globex.ClientKey, sharedSecret = _globex.Secret, baseUrl = _globex.Url, apiUrl = $"{_atlassianUrl}/sites/globex" },
            Token);
        Assert.Equal(HttpStatusCode.Created, imported.StatusCode);
    }

    private async Task RefreshAsync()
    {
        await _clock.MoveToAsync(_clock.GetUtcNow().AddMinutes(1), Token);
        await _clock.DriveAsync(_app.Services.GetRequiredService<WebhookRefresher>().RunAsync(Token));
        await _clock.DriveAsync(_app.Services.GetRequiredService<SiteRemoval>().RunAsync(Token));
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await _http.GetAsync(path, Token);
        return response.StatusCode;
    }

    // What the receive path keeps for Health, it writes behind the answer.
    private async Task<string[]> MissingAsync(int count)
    {
        while (true)
        {
            await _clock.MoveToAsync(_clock.GetUtcNow().AddSeconds(15), Token);
            var details = await _manager.GetFromJsonAsync<JsonElement>("/api/health/details", Token);
            string[] missing = [.. details.GetProperty("sites").EnumerateArray()
                .Where(site => site.GetProperty("reason").GetString()?.StartsWith("A site of this app is missing from the table: connect it again", StringComparison.Ordinal) is true)
                .Select(site => site.GetProperty("site").GetString()!)];
            if (missing.Length == count) return missing;
        }
    }
}
