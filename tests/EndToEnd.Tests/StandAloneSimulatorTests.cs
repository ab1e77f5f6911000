using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EndToEnd.Tests.Support;
using JiraSimulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EndToEnd.Tests;

/// <summary>The simulated Jira as a program of its own, over HTTP only.</summary>
public sealed class StandAloneSimulatorTests : IAsyncLifetime
{
    private const string Operations = "/rest/api/3/webhook";

    private readonly int _receiverPort = LocalHostProcess.FreePort();
    private readonly int _port = LocalHostProcess.FreePort();
    private readonly HttpClient _http = new();
    private WebApplication _receiver = null!;
    private WebApplication _simulator = null!;
    private volatile int _answer = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await LocalServer.StartAsync(_receiverPort, server => server.MapPost("/hook", () => Results.StatusCode(_answer)), Token);
        _simulator = StandAlone.Build(["--urls", $"http://localhost:{_port}", "--RetryAfter", "00:00:00", "--AdminWebhookUrl", $"http://localhost:{_receiverPort}/hook", "--Logging:LogLevel:Default", "None"]);
        await _simulator.StartAsync(Token);
        _http.BaseAddress = new Uri($"http://localhost:{_port}");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _simulator.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Emit_ReceiverAccepts_ShowsTheDelivery()
    {
        await RegisterAsync();

        var identifier = Assert.Single(await EmitAsync("globex"));

        var delivery = await UntilAsync("/simulator/deliveries", deliveries => deliveries.GetProperty("deliveries")[0].GetProperty("attempts").GetArrayLength() > 0);
        var shown = delivery.GetProperty("deliveries")[0];
        Assert.Equal(identifier, Text(shown, "identifier"));
        Assert.Equal("globex", Text(shown, "site"));
        Assert.Equal("jira:issue_updated", Text(shown, "event"));
        Assert.Equal("jira:issue_updated", Text(shown.GetProperty("body"), "webhookEvent"));
        var attempt = Assert.Single(shown.GetProperty("attempts").EnumerateArray());
        Assert.Equal(0, attempt.GetProperty("retry").GetInt32());
        Assert.Equal(200, attempt.GetProperty("status").GetInt32());
        Assert.Empty((await GetAsync("/simulator/sites/globex/failed")).GetProperty("failed").EnumerateArray());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Emit_ReceiverIsAway_ShowsTheRetriesAndTheFailedList()
    {
        await RegisterAsync();
        _answer = 503;

        var identifier = Assert.Single(await EmitAsync("globex"));

        var failed = await UntilAsync("/simulator/sites/globex/failed", found => found.GetProperty("failed").GetArrayLength() > 0);
        Assert.Equal(identifier, Text(Assert.Single(failed.GetProperty("failed").EnumerateArray()), "id"));
        var attempts = (await GetAsync("/simulator/deliveries")).GetProperty("deliveries")[0].GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal([0, 1, 2, 3, 4, 5], attempts.Select(attempt => attempt.GetProperty("retry").GetInt32()));
        Assert.All(attempts, attempt => Assert.Equal(503, attempt.GetProperty("status").GetInt32()));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Emit_WithoutABody_DeliversAnInventedEvent()
    {
        using var answer = await _http.PostAsync("/simulator/sites/initech/events", null, Token);

        var emitted = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        var delivery = (await GetAsync("/simulator/deliveries")).GetProperty("deliveries")[0];
        Assert.Equal(Text(emitted, "event"), Text(delivery, "event"));
        Assert.Equal(emitted.GetProperty("identifiers")[0].GetString(), Text(delivery, "identifier"));
        await UntilAsync("/simulator/deliveries", deliveries => deliveries.GetProperty("deliveries")[0].GetProperty("attempts").GetArrayLength() > 0);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Simulator_ListsTheSites_WithCredentialsThatWork()
    {
        await RegisterAsync();

        var sites = (await GetAsync("/simulator")).GetProperty("sites");
        Assert.Equal(["acme OAuth", "globex Connect", "initech AdminWebhook"], sites.EnumerateArray().Select(site => $"{Text(site, "slug")} {Text(site, "auth")}"));
        Assert.Single(sites[1].GetProperty("webhooks").EnumerateArray());
        using var tokens = await _http.PostAsJsonAsync(
            "/oauth/token", new { grant_type = "refresh_token", client_id = Text(sites[0], "clientId"), client_secret = Text(sites[0], "secret"), refresh_token = Text(sites[0], "refreshToken") }, Token);
        using var list = new HttpRequestMessage(HttpMethod.Get, Text(sites[0], "apiUrl") + Operations);
        list.Headers.Authorization = new("Bearer", Text(await tokens.Content.ReadFromJsonAsync<JsonElement>(Token), "access_token"));
        using var listed = await _http.SendAsync(list, Token);
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("nowhere", "{\"event\":\"x\",\"body\":{}}", 404)]
    [InlineData("globex", "{\"event\":\"x\"}", 400)]
    [InlineData("globex", "{\"event\":\"x\",\"body\":[]}", 400)]
    [InlineData("globex", "not json", 400)]
    public async Task Emit_RequestIsWrong_IsRefused(string slug, string body, int status)
    {
        using var content = new StringContent(body);
        using var answer = await _http.PostAsync($"/simulator/sites/{slug}/events", content, Token);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Empty((await GetAsync("/simulator/deliveries")).GetProperty("deliveries").EnumerateArray());
    }

    private async Task RegisterAsync()
    {
        var site = (await GetAsync("/simulator")).GetProperty("sites")[1];
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, Text(site, "apiUrl") + Operations);
        request.Headers.Authorization = new AuthenticationHeaderValue("JWT",
            Signatures.Jwt(Text(site, "secret"), ("iss", Text(site, "appKey")), ("iat", now), ("exp", now + 60), ("qsh", Signatures.QueryHash("POST", Operations, ""))));
        request.Content = JsonContent.Create(new { url = $"http://localhost:{_receiverPort}/hook", webhooks = new[] { new { events = new[] { "jira:issue_updated" }, jqlFilter = "project = SHOP" } } });
        using var response = await _http.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<IEnumerable<string?>> EmitAsync(string slug)
    {
        using var answer = await _http.PostAsJsonAsync($"/simulator/sites/{slug}/events", new { @event = "jira:issue_updated", body = new { issue = new { id = "10001", key = "SHOP-1" } } }, Token);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("identifiers").EnumerateArray().Select(identifier => identifier.GetString())];
    }

    private async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> happened)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (true)
        {
            var found = await GetAsync(path);
            if (happened(found)) return found;
            await look.WaitForNextTickAsync(Token);
        }
    }

    private Task<JsonElement> GetAsync(string path) => _http.GetFromJsonAsync<JsonElement>(path, Token);

    private static string Text(JsonElement found, string name) => found.GetProperty(name).GetString()!;
}
