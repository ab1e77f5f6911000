using System.Text.Json;
using EndToEnd.Tests.Support;
using JiraSimulator;
using Microsoft.AspNetCore.Builder;

namespace EndToEnd.Tests;

/// <summary>Public clients, which do not know this repository, work with the simulated Jira. jira.js 6 compares every answer with its own schema, and
/// warns of each difference.</summary>
public sealed class JiraClientTests : IAsyncLifetime
{
    private const string Callback = "https://hooks.example.com/api/deliveries/x";

    private readonly SimulatedJira _jira = new(TimeProvider.System);
    private readonly int _port = LocalHostProcess.FreePort();
    private WebApplication _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _jira.AddSite(new SimulatedSiteOptions("acme", SimulatedAuth.OAuth)).Dates = DateForm.Number;
        _jira.AddSite(new SimulatedSiteOptions("globex", SimulatedAuth.Connect)).Dates = DateForm.Number;
        _server = await LocalServer.StartAsync(_port, server => server.MapJiraSimulator(_jira), Token);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory(Timeout = Limits.Hang)]
    [InlineData("5")]
    [InlineData("6")]
    [Trait("Rule", "absent-values")]
    public async Task Operations_OfJiraJs_WorkForAnOAuthAppWithoutAWarning(string version)
    {
        var site = _jira.Sites[0];
        var access = _jira.OAuth.Rotate(site.Options.ClientId, _jira.OAuth.IssueGrant(site.Options.ClientId))!.Value.Access;

        using var results = await RunAsync(version, $"/ex/jira/{site.Options.CloudId}", new { oauth2 = new { accessToken = access } }, readsFailed: false);

        await CheckAsync(results.RootElement, site);
    }

    /// <summary>jira.js 6 does not sign for Connect apps and does not read the failed list.</summary>
    [Fact(Timeout = Limits.Hang)]
    [Trait("Rule", "connect-calls")]
    public async Task Operations_OfJiraJs_WorkForAConnectAppWithoutAWarning()
    {
        var site = _jira.Sites[1];
        site.AddFailed(new FailedRecord("a", Callback, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), null));

        using var results = await RunAsync("5", "/sites/globex", new { jwt = new { issuer = site.Options.AppKey, secret = site.Options.Secret } }, readsFailed: true);

        await CheckAsync(results.RootElement, site);
        var record = Assert.Single(results.RootElement.GetProperty("failed").GetProperty("values").EnumerateArray());
        Assert.Equal("a", record.GetProperty("id").GetString());
        Assert.False(record.TryGetProperty("body", out _));
    }

    /// <summary>With the base URL, without it, and with another one.</summary>
    [Fact(Timeout = Limits.Hang)]
    [Trait("Rule", "query-string-hash")]
    public async Task ConnectCall_SignedByAtlassiansLibrary_IsVerified()
    {
        var site = _jira.Sites[1].Options;
        string[] paths = ["/rest/api/3/webhook", "/rest/api/3/webhook?startAt=0&maxResults=1&A=A&a=%2B+*&a=b%20c", "/rest/api/3/webhook/failed?after=0&jwt=x"];

        var printed = await NodeClients.RunAsync("signed.mjs", [JsonSerializer.Serialize(new { host = Address("/sites/globex"), key = site.AppKey, secret = site.Secret, paths })], Token);

        Assert.Equal([200, 200, 401, 200, 200, 401, 200, 200, 401], JsonSerializer.Deserialize<int[]>(printed)!);
    }

    private async Task<JsonDocument> RunAsync(string version, string path, object authentication, bool readsFailed) => JsonDocument.Parse(await NodeClients.RunAsync(
        "operations.mjs", [version, JsonSerializer.Serialize(new { host = Address(path), authentication, webhookUrl = Callback, readsFailed })], Token));

    private static async Task CheckAsync(JsonElement results, SimulatedSite site)
    {
        var registered = results.GetProperty("registered").GetProperty("webhookRegistrationResult");
        Assert.Equal([1001L, 1002L], registered.EnumerateArray().Take(2).Select(result => result.GetProperty("createdWebhookId").GetInt64()));
        Assert.Equal("The clause watchCount is unsupported", registered[2].GetProperty("errors")[0].GetString());
        Assert.Equal(1, results.GetProperty("first").GetProperty("values").GetArrayLength());
        Assert.False(results.GetProperty("first").GetProperty("isLast").GetBoolean());
        Assert.Equal([1001L, 1002L], results.GetProperty("all").GetProperty("values").EnumerateArray().Select(webhook => webhook.GetProperty("id").GetInt64()));
        Assert.True(results.GetProperty("refreshed").GetProperty("expirationDate").GetInt64() > TimeProvider.System.GetUtcNow().AddDays(29).ToUnixTimeMilliseconds());
        Assert.Equal(403, results.GetProperty("refusal").GetInt32());
        Assert.Equal(2, site.Extensions);

        // A deletion takes a second.
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (site.Webhooks.Count > 0) await look.WaitForNextTickAsync(Token);
    }

    private string Address(string path) => $"http://localhost:{_port}{path}";
}
