using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EndToEnd.Tests.Support;
using JiraSimulator;
using JiraWebhooks.Hosting;
using JiraWebhooks.OAuth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EndToEnd.Tests;

/// <summary>Two processes that share nothing but a folder, storage and one OAuth grant, whose refresh token is another after each use
/// (docs/jira-behaviour.md#oauth-tokens).</summary>
public sealed class SharedGrantTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const int Rotations = 6;
    private const string Grant = "shared";

    private static readonly string[][] SitesOfProcesses = [["east1", "east2"], ["west1", "west2"]];

    private readonly int _jiraPort = LocalHostProcess.FreePort();
    private readonly string _folder = Directory.CreateTempSubdirectory("grant").FullName;
    private readonly SimulatedJira _jira = new(TimeProvider.System);
    private readonly ConcurrentQueue<string> _used = new();
    private readonly HttpClient _http = new();
    private WebApplication _server = null!;
    private int _unauthorized;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var site in SitesOfProcesses.SelectMany(sites => sites)) _jira.AddSite(new SimulatedSiteOptions(site, SimulatedAuth.OAuth) { ClientId = "the-app", Secret = "the-secret-of-the-app" });

        // We take no token that has less than RefreshAhead to live: each of these is good for a second.
        _jira.OAuth.AccessLifetime = OAuthTokenSource.RefreshAhead + TimeSpan.FromSeconds(1);
        _server = await LocalServer.StartAsync(_jiraPort, server => { server.Use(WatchAsync); server.MapJiraSimulator(_jira); }, Token);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = Limits.Hang)]
    [Trait("Rule", "oauth-tokens")]
    public async Task Refresh_ByTwoProcesses_UsesEachTokenOnceAndKeepsTheGrantAlive()
    {
        var environment = Environment(await azurite.NewAccountAsync(), _jira.OAuth.IssueGrant("the-app"));
        int[] ports = [LocalHostProcess.FreePort(), LocalHostProcess.FreePort()];
        var starting = ports.Select(port => LocalHostProcess.ListeningAsync(port, environment, Token)).ToList();
        await using var east = await starting[0];
        await using var west = await starting[1];

        // All sites at once and without a pause, so that every end of a token finds both processes asking.
        var runs = await Task.WhenAll(ports.Zip(SitesOfProcesses).SelectMany(process => process.Second.Select(site => KeepRefreshingAsync(process.First, site))));

        Assert.All(runs, run => Assert.InRange(run, 5, int.MaxValue));
        Assert.Equal(0, _unauthorized);
        Assert.Equal(_used.Distinct(), _used);
        var kept = (await new FileTokenStore(new JiraWebhooksOptions { PublicBaseUrl = new Uri("https://localhost"), TokenFolder = _folder }, TimeProvider.System).ReadAsync(Grant, Token))!.Grant;
        Assert.Null(kept.ReconnectRequiredSince);
        Assert.DoesNotContain(kept.RefreshToken, _used);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(kept.RefreshToken));
    }

    /// <summary>Refreshes a site until tokens have rotated often enough; gives how often.</summary>
    private async Task<int> KeepRefreshingAsync(int port, string site)
    {
        var runs = 0;
        for (; _used.Count < Rotations || runs < 5; runs++)
        {
            using var response = await _http.PostAsync(new Uri($"http://localhost:{port}/api/sites/{site}/refresh?code={LocalHostProcess.Key()}"), null, Token);
            var result = await response.Content.ReadAsStringAsync(Token);
            using var json = JsonDocument.Parse(result);
            Assert.True(response.IsSuccessStatusCode && json.RootElement.GetProperty("failed").GetInt32() == 0 && !json.RootElement.TryGetProperty("problem", out _), result);
        }

        return runs;
    }

    private Dictionary<string, string?> Environment(string storage, string refreshToken)
    {
        var settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage,
            ["PublicBaseUrl"] = "https://hooks.example.com",
            ["TokenFolder"] = _folder,
            ["AtlassianApiUrl"] = $"http://localhost:{_jiraPort}",
            ["AtlassianAuthUrl"] = $"http://localhost:{_jiraPort}",
            ["Webhooks__issues__Jql"] = "project != EMPTY",
            ["Webhooks__issues__Events__0"] = "jira:issue_updated",
        };
        foreach (var site in _jira.Sites.Select(site => site.Options))
        {
            settings[$"Sites__{site.Slug}__Url"] = site.Url;
            settings[$"Sites__{site.Slug}__Scheme"] = "OAuth";
            settings[$"Sites__{site.Slug}__CloudId"] = site.CloudId;
            settings[$"Sites__{site.Slug}__ClientId"] = site.ClientId;
            settings[$"Sites__{site.Slug}__Secret"] = site.Secret;
            settings[$"Sites__{site.Slug}__Grant"] = Grant;
            settings[$"Sites__{site.Slug}__RefreshToken"] = refreshToken;
        }

        return settings;
    }

    private async Task<HttpStatusCode> UseAsync(string refreshToken)
    {
        var app = _jira.Sites[0].Options;
        using var response = await _http.PostAsJsonAsync(
            new Uri($"http://localhost:{_jiraPort}/oauth/token"), new { grant_type = "refresh_token", client_id = app.ClientId, client_secret = app.Secret, refresh_token = refreshToken }, Token);
        return response.StatusCode;
    }

    /// <summary>Keeps what only the other side can tell: which refresh tokens were used, and whether a call came with a token that was no good.</summary>
    private async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path == "/oauth/token")
        {
            context.Request.EnableBuffering();
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            _used.Enqueue(body.RootElement.GetProperty("refresh_token").GetString()!);
            context.Request.Body.Position = 0;
        }

        await next(context);
        if (context.Response.StatusCode == 401) Interlocked.Increment(ref _unauthorized);
    }
}
