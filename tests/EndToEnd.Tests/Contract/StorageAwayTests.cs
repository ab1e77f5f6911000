using System.Net.Http.Json;
using EndToEnd.Tests.Support;
using JiraSimulator;
using static EndToEnd.Tests.Contract.Names;

namespace EndToEnd.Tests.Contract;

/// <summary>Every route while no storage answers: 503, so that Jira and callers come again.</summary>
public sealed class StorageAwayTests
{
    private const string Nowhere = "DefaultEndpointsProtocol=http;AccountName=x;AccountKey=eA==;BlobEndpoint=http://127.0.0.1:1/x;QueueEndpoint=http://127.0.0.1:1/x;TableEndpoint=http://127.0.0.1:1/x;";

    private static readonly SimulatedSiteOptions Initech = new("initech", SimulatedAuth.AdminWebhook);

    private static readonly (string Verb, string Path, int Status)[] Calls =
    [
        ("GET", "/api/live", 503),
        ("GET", "/api/health", 503),
        ("GET", "/api/health/details", 200),
        ("GET", "/api/sites", 503),
        ("GET", "/api/sites/initech", 503),
        ("GET", "/api/sites/other", 503),
        ("PUT", "/api/sites/other", 503),
        ("DELETE", "/api/sites/other", 503),
        ("POST", "/api/sites/other/import", 503),
        ("POST", "/api/sites/other/secret", 503),
        ("POST", "/api/sites/other/disable", 503),
        ("POST", "/api/sites/other/enable", 503),
        ("GET", "/api/sites/other/plan", 503),
        ("POST", "/api/sites/other/refresh", 503),
        ("POST", "/api/sites/other/recover?minutes=5", 503),
        ("GET", "/api/deadletters/default", 409),
        ("POST", "/api/deadletters/default/redrive", 409),
        ("POST", "/api/deadletters/default/drop", 409),
        ("GET", "/api/oauth/start", 503),
        ("GET", "/api/oauth/callback?state=guessed", 503),
        ("POST", "/api/oauth/sites", 503),
        ("POST", "/admin/functions/RefreshWebhooks", 202),
        ("POST", "/admin/functions/PollFailedWebhooks", 202),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Call_OfEveryRoute_CanBeRepeated()
    {
        using var clone = new Clone();
        var port = LocalHostProcess.FreePort();
        await using var host = await LocalHostProcess.ListeningAsync(port, Settings(), Token, clone);
        using var http = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}"), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Add("Cookie", "jira_oauth_0123456789abcdef=of-this-browser");
        http.DefaultRequestHeaders.Add("x-functions-key", (await File.ReadAllTextAsync(clone.Key, Token)).Trim());

        var answers = await Task.WhenAll(Calls.Select(async call =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Parse(call.Verb), call.Path) { Content = Body(call.Path) };
            using var response = await http.SendAsync(request, Token);
            return (call.Verb, call.Path, (int)response.StatusCode);
        }));

        Assert.Equal(Calls, answers);
        Assert.Equal(["POST /api/deliveries/{site}"], AppRoutes.NotIn(Calls.Select(call => (call.Verb, call.Path))));
        foreach (var site in new[] { "initech", "unknown" })
        {
            using var delivery = Delivery.To(site, headers: Delivery.Hub(Initech.Secret));
            using var response = await http.SendAsync(delivery, Token);
            Assert.Equal(503, (int)response.StatusCode);
            Assert.Equal("60", response.Headers.RetryAfter?.ToString());
        }
    }

    private static HttpContent? Body(string path) => path switch
    {
        "/api/oauth/sites" => new FormUrlEncodedContent([new("state", "guessed")]),
        "/api/sites/other" => JsonContent.Create(new { scheme = "AdminWebhook", url = "https://other.atlassian.net", secret = "a-secret" }),
        "/api/sites/other/import" => JsonContent.Create(new { key = "app", clientKey = "tenant", sharedSecret = "a-secret", baseUrl = "https://other.atlassian.net" }),
        "/api/sites/other/secret" => JsonContent.Create(new { secret = "a-secret" }),
        "/api/sites/other/disable" => JsonContent.Create(new { reason = "moved" }),
        _ => null,
    };

    private static Dictionary<string, string?> Settings() => new()
    {
        [Setting.Storage] = Nowhere,
        [Setting.ClientId] = "app",
        [Setting.ClientSecret] = "secret-of-the-app",
        [$"{Setting.Webhooks}__issues__Jql"] = "project = SHOP",
        [$"{Setting.Webhooks}__issues__Events__0"] = "jira:issue_updated",
        [Setting.Site(Initech.Slug, "Scheme")] = "AdminWebhook",
        [Setting.Site(Initech.Slug, "Url")] = Initech.Url,
        [Setting.Site(Initech.Slug, "Secret")] = Initech.Secret,
    };
}
