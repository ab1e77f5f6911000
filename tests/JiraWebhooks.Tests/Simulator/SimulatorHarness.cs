using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using JiraSimulator;
using LocalHost.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Tests.Simulator;

/// <summary>The simulated Jira in memory, with one OAuth site and one Connect site, and a caller that shares no code with the product.</summary>
internal sealed class SimulatorHarness : IAsyncDisposable
{
    public const string Acme = "acme";
    public const string Globex = "globex";
    public const string Operations = "/rest/api/3/webhook";
    public const string Callback = "https://hooks.example.com/api/deliveries/x";

    private readonly WebApplication _app;

    private SimulatorHarness()
    {
        Jira = new SimulatedJira(Clock);
        Jira.AddSite(new SimulatedSiteOptions(Acme, SimulatedAuth.OAuth));
        Jira.AddSite(new SimulatedSiteOptions(Globex, SimulatedAuth.Connect));
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapJiraSimulator(Jira);
    }

    public SimulatedClock Clock { get; } = Clocked.NewClock();

    public SimulatedJira Jira { get; }

    public static async Task<SimulatorHarness> StartAsync()
    {
        var harness = new SimulatorHarness();
        await harness._app.StartAsync();
        return harness;
    }

    public SimulatedSite Site(string slug) => Jira.Sites.Single(site => site.Options.Slug == slug);

    /// <summary>The base URL that clients of a site use.</summary>
    public string Base(string slug) => Site(slug).Options.Auth is SimulatedAuth.OAuth ? "/ex/jira/" + Site(slug).Options.CloudId : "/sites/" + slug;

    /// <summary>A call by the site's own app.</summary>
    public async Task<Answer> CallAsync(string slug, string method, string path, string? body = null) =>
        await SendAsync(method, Base(slug) + path, Site(slug).Options.Auth is SimulatedAuth.OAuth ? Bearer(slug) : Connect(method, path), body);

    public async Task<Answer> SendAsync(string method, string path, AuthenticationHeaderValue? credential, string? body = null)
    {
        using var client = _app.GetTestClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = credential;
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }

    public AuthenticationHeaderValue Bearer(string slug)
    {
        var client = Site(slug).Options.ClientId;
        return new("Bearer", Jira.OAuth.Rotate(client, Jira.OAuth.IssueGrant(client))!.Value.Access);
    }

    /// <summary>A Connect app's token; a claim that is null is left out.</summary>
    public AuthenticationHeaderValue Connect(string method, string pathAndQuery, string basePath = "", object? iat = null, bool hasIat = true)
    {
        var now = Clock.GetUtcNow().ToUnixTimeSeconds();
        var (path, query) = pathAndQuery.Split('?', 2) is [var before, var after] ? (before, after) : (pathAndQuery, "");
        List<(string, object)> claims =
        [
            ("iss", Site(Globex).Options.AppKey), ("exp", now + 7200), ("qsh", Signatures.QueryHash(method, basePath + path, query)),
        ];
        if (hasIat) claims.Add(("iat", iat ?? now));
        return new("JWT", Signatures.Jwt(Site(Globex).Options.Secret, [.. claims]));
    }

    /// <summary>Registers a webhook by the site's app.</summary>
    public async Task<long> RegisterAsync(string slug, string more = "")
    {
        var answer = await CallAsync(slug, "POST", Operations, $$"""{"url":"{{Callback}}","webhooks":[{"events":["jira:issue_created"],"jqlFilter":"project = A"{{more}}}]}""");
        return answer.Json.GetProperty("webhookRegistrationResult")[0].GetProperty("createdWebhookId").GetInt64();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>Status and body of an answer.</summary>
internal sealed record Answer(int Status, JsonElement Json);
