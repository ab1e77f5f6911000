using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using EndToEnd.Tests.Support;
using JiraSimulator;
using JiraWebhooks.Storage;
using JiraWebhooks.Subscriber;
using LocalHost.Demo;
using LocalHost.Functions;
using LocalHost.Hosting;
using LocalHost.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests;

/// <summary>Sites come and go over real HTTP, on Azurite: none is in the settings.</summary>
[Collection<Clocked>]
public sealed class SitesTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly SimulatedClock _clock = Clocked.NewClock(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));
    private readonly SimulatedSiteOptions _acme = new("acme", SimulatedAuth.OAuth);
    private readonly SimulatedSiteOptions _globex = new("globex", SimulatedAuth.Connect);
    private readonly string _tokens = Directory.CreateTempSubdirectory("sites").FullName;
    private readonly FunctionKey _key = FunctionKey.New();
    private readonly HttpClient _http = new();
    private readonly HttpClient _manager = new();
    private SimulatedJira _jira = null!;
    private WebApplication _app = null!;
    private Uri _address = null!;
    private string _storage = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _storage = await azurite.NewAccountAsync();
        _jira = new SimulatedJira(_clock);
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OAuthClientId"] = _acme.ClientId,
            ["OAuthClientSecret"] = _acme.Secret,
            ["TokenFolder"] = _tokens,
            ["Webhooks:issues:Jql"] = "project = SHOP",
            ["Webhooks:issues:Events:0"] = "jira:issue_updated",
        }).Build();
        var options = new LocalAppOptions(LocalHostProcess.FreePort(), settings, _storage)
        {
            Jira = _jira,
            Clock = _clock,
            Schedules = false,
            LogLevel = LogLevel.None,
            Key = _key,
        };
        _app = LocalApp.Build(options, services => services.AddCountedOperations(_clock));
        _jira.AddSite(_acme);
        _jira.AddSite(_globex);
        await LocalApp.StartAsync(_app, options.Port, Token);
        _http.BaseAddress = _manager.BaseAddress = _address = options.BaseUrl;
        _manager.DefaultRequestHeaders.Add(FunctionKey.Header, _key.Value);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _manager.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_tokens, recursive: true);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task ConnectSite_ImportedOverTheApi_DeliversRotatesAndGoes()
    {
        var added = await CallAsync(HttpMethod.Post, "/api/sites/globex/import", new
        {
            key = _globex.AppKey,
            clientKey = _globex.ClientKey,
            sharedSecret = _globex.Secret,
            baseUrl = _globex.Url,
            apiUrl = $"{_address}jira/sites/globex",
        });
        Assert.Equal(HttpStatusCode.Created, added.Status);
        Assert.Equal("ok", State(added.Body));

        Assert.Equal(1, (await RefreshAsync("globex")).GetProperty("registered").GetInt32());
        await CallAsync(HttpMethod.Post, "/api/sites/globex/secret", new { secret = "the-next-one-that-is-long-enough-for-hs256" });
        await DeliverAsync("globex");

        Assert.Equal("disabled", State((await CallAsync(HttpMethod.Post, "/api/sites/globex/disable", new { reason = "moved" })).Body));
        Assert.Equal("ok", State((await CallAsync(HttpMethod.Post, "/api/sites/globex/enable", new { })).Body));
        Assert.Equal(HttpStatusCode.Accepted, (await CallAsync(HttpMethod.Delete, "/api/sites/globex", null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await CallAsync(HttpMethod.Get, "/api/sites/unknown", null)).Status);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task OAuthSite_ConnectedInABrowser_Delivers()
    {
        using var browser = new DemoBrowser(_address, _key);

        Assert.Equal(_acme.CloudId, Assert.Single(await browser.ConnectAsync(Token)));

        Assert.Equal(1, (await RefreshAsync("acme")).GetProperty("registered").GetInt32());
        await DeliverAsync("acme");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Error_OfTheApi_IsAProblemDocument()
    {
        using var content = new StringContent("""{"sheme":"Connect"}""", Encoding.UTF8, "application/json");
        using var response = await _manager.PutAsync("/api/sites/globex", content, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal(400, problem.GetProperty("status").GetInt32());
        Assert.Contains("$.sheme", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>A tunnel lets deliveries in, and must let in no more.</summary>
    [Theory(Timeout = Limits.Hang)]
    [InlineData("Host", "hooks.example.com")]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("X-Forwarded-Host", "hooks.example.com")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("CF-Connecting-IP", "203.0.113.7")]
    [InlineData("Origin", "https://evil.example.com")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Management_ComingFromElsewhere_IsNotThere(string header, string value)
    {
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/api/sites"), (HttpMethod.Get, "/api/health/details"), (HttpMethod.Post, "/admin/functions/RefreshWebhooks"), (HttpMethod.Get, "/api/oauth/start"), (HttpMethod.Delete, "/api/sites/globex") })
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.TryAddWithoutValidation(header, value);
            using var response = await _manager.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal("", await response.Content.ReadAsStringAsync(Token));
        }
    }

    /// <summary>A plain reverse proxy or TCP tunnel sets Host to localhost and adds no header: only the key keeps its visitors out.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Management_ThroughAPlainReverseProxy_Is401AndStoresNothing()
    {
        const string Secret = "a-secret-that-a-stranger-has-chosen";
        using var site = JsonContent.Create(new { scheme = "AdminWebhook", url = "https://evil.atlassian.net", secret = Secret });
        using var put = await _http.PutAsync("/api/sites/evil", site, Token);
        Assert.Equal(HttpStatusCode.Unauthorized, put.StatusCode);
        Assert.Equal("", await put.Content.ReadAsStringAsync(Token));

        var body = """{"webhookEvent":"jira:issue_updated","issue":{"id":"1"}}"""u8.ToArray();
        using var forged = new HttpRequestMessage(HttpMethod.Post, "/api/deliveries/evil") { Content = new ByteArrayContent(body) };
        forged.Headers.Add("X-Hub-Signature", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body))}");
        using var delivery = await _http.SendAsync(forged, Token);
        Assert.Equal(HttpStatusCode.Unauthorized, delivery.StatusCode);

        Assert.Empty((await new QueueClient(_storage, "jira-deliveries").PeekMessagesAsync(32, Token)).Value);
        Assert.Empty(await new TableServiceClient(_storage).QueryAsync(table => table.Name == TableNames.Sites, cancellationToken: Token)
            .SelectMany(table => new TableClient(_storage, table.Name).QueryAsync<TableEntity>(cancellationToken: Token)).ToListAsync(Token));
        Assert.Empty(Directory.GetFiles(_tokens, "*", SearchOption.AllDirectories));
    }

    private async Task<JsonElement> RefreshAsync(string site)
    {
        await _clock.MoveToAsync(_clock.GetUtcNow().AddMinutes(1), Token);
        var (status, body) = await CallAsync(HttpMethod.Post, $"/api/sites/{site}/refresh", new { });
        Assert.Equal(HttpStatusCode.OK, status);
        return body;
    }

    private async Task DeliverAsync(string site)
    {
        var identifier = Assert.Single(_jira.Emit(site, "jira:issue_updated", """{"timestamp":1700000000123,"issue":{"id":"10002","key":"SHOP-2"}}"""));
        await _jira.DeliverDueAsync(_http, Token);

        var batch = await new QueueClient(_storage, "jira-deliveries").ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5), Token);
        Assert.Equal($"{site}:{identifier}", QueuedDelivery.Parse(Assert.Single(batch.Value).Body).MessageId);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _manager.SendAsync(request, Token);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Token));
    }

    private static string? State(JsonElement site) => site.GetProperty("health").GetProperty("state").GetString();
}
