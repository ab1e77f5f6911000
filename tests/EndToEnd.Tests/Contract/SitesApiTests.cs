using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using static EndToEnd.Tests.Contract.ContractSites;

namespace EndToEnd.Tests.Contract;

/// <summary>The management API: every call with every status that a caller can bring about.</summary>
[Collection<OneProcess>]
public sealed class SitesApiTests(ContractWorld world)
{
    private const string Secret = "a-secret-that-is-long-enough-for-hs256";

    private static readonly object Admin = new { scheme = "AdminWebhook", url = "https://pied.atlassian.net", secret = Secret };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Sites_OfTheStore_ComeChangeAndGo() => await world.AssertAnswersAsync(
        ("GET", "/api/sites", null, 200),
        ("GET", "/api/sites/pied", null, 404),
        ("PUT", "/api/sites/pied", Admin, 201),
        ("GET", "/api/sites/pied", null, 200),
        ("PUT", "/api/sites/pied", Admin, 200),
        ("POST", "/api/sites/pied/secret", new { secret = "another-secret-that-is-long-enough", announce = true }, 200),
        ("POST", "/api/sites/pied/secret", new { secret = "another-secret-that-is-long-enough" }, 200),
        ("POST", "/api/sites/pied/disable", new { reason = "moved" }, 200),
        ("POST", "/api/sites/pied/recover?minutes=5", null, 409),
        ("POST", "/api/sites/pied/enable", null, 200),
        ("POST", "/api/sites/pied/recover?minutes=5", null, 409),
        ("DELETE", "/api/sites/pied", null, 202),
        ("POST", "/api/sites/pied/enable", null, 200));

    [Theory(Timeout = Limits.Hang)]
    [InlineData("GET", "/api/sites/{site}")]
    [InlineData("DELETE", "/api/sites/{site}")]
    [InlineData("POST", "/api/sites/{site}/enable")]
    [InlineData("POST", "/api/sites/{site}/refresh")]
    [InlineData("POST", "/api/sites/{site}/recover?minutes=5")]
    public async Task Call_ForASiteThatThereIsNot_Is404(string verb, string path) =>
        await world.AssertAnswersAsync((verb, path.Replace("{site}", "unknown", StringComparison.Ordinal), null, 404));

    [Fact(Timeout = Limits.Hang)]
    public async Task Call_ThatIsWrong_SaysHow() => await world.AssertAnswersAsync(
        ("POST", "/api/sites/unknown/secret", new { secret = Secret }, 404),
        ("POST", "/api/sites/unknown/disable", new { reason = "moved" }, 404),
        ("PUT", "/api/sites/pied1", new { scheme = "AdminWebhook", url = "https://pied.atlassian.net" }, 400),
        ("PUT", "/api/sites/Not_A_Slug", Admin, 400),
        ("PUT", "/api/sites/pied1", new { sheme = "AdminWebhook" }, 400),
        ("PUT", "/api/sites/pied1", new StringContent("{", Encoding.UTF8, "application/json"), 400),
        ("PUT", "/api/sites/pied1", new StringContent("null", Encoding.UTF8, "application/json"), 400),
        ("PUT", "/api/sites/pied1", new StringContent("{}", Encoding.UTF8, "text/plain"), 415),
        ("PUT", "/api/sites/pied1", new { url = new string('x', 256 * 1024) }, 413),
        ("PUT", "/api/sites/acme", Admin, 409),
        ("DELETE", "/api/sites/acme", null, 409),
        ("POST", "/api/sites/acme/enable", null, 409),
        ("POST", "/api/sites/acme/disable", new { reason = "moved" }, 409),
        ("POST", "/api/sites/acme/secret", new { secret = Secret }, 409),
        ("POST", "/api/sites/acme/import", new { key = "app", clientKey = "tenant", sharedSecret = Secret, baseUrl = "https://acme.atlassian.net" }, 409),
        ("POST", "/api/sites/pied1/import", new { key = "app" }, 400),
        ("POST", "/api/sites/initech/recover?minutes=5", null, 409),
        ("POST", "/api/sites/umbrella/recover?minutes=5", null, 409),
        ("POST", "/api/sites/acme/recover", null, 400),
        ("POST", "/api/sites/acme/recover?minutes=0", null, 400));

    [Fact(Timeout = Limits.Hang)]
    public async Task Webhooks_OfNoUse_AreNamed()
    {
        var wrong = new Dictionary<string, object>
        {
            ["No Name"] = new { events = new[] { "jira:issue_updated" }, jql = "project = SHOP" },
            ["empty"] = new { events = Array.Empty<string>(), jql = "project = SHOP" },
            ["filter"] = new { events = new[] { "jira:issue_updated" }, jql = " " },
            ["FILTER"] = new { events = new[] { "jira:issue_updated" }, jql = "project = SHOP" },
        };
        using var response = await world.CallAsync("PUT", "/api/sites/pied5", new Dictionary<string, object>
        {
            ["scheme"] = "Connect",
            ["url"] = "https://pied.atlassian.net",
            ["appKey"] = "app",
            ["clientKey"] = "tenant",
            ["secret"] = Secret,
            [Names.Api.Webhooks] = wrong,
        });

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(
            "One is left out: a webhook's name must be 1 to 64 lower-case letters, digits or hyphens. There are two webhooks filter: the second is left out. "
            + "Webhook empty: it has no Events, or an empty one. Webhook filter: its Jql is empty, which Jira refuses; `project != EMPTY` matches everything.",
            (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("detail").GetString());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Put_WithAVersion_ChangesThatVersionOnly()
    {
        Assert.Equal(412, await PutAsync("\"of-a-site-that-is-not-there\""));
        using var added = await world.CallAsync("PUT", "/api/sites/pied2", Admin);
        var version = added.Headers.ETag!.ToString();

        Assert.Equal(200, await PutAsync(version));
        Assert.Equal(412, await PutAsync(version));
        Assert.Equal(200, await PutAsync("*"));

        async Task<int> PutAsync(string ifMatch)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/api/sites/pied2") { Content = JsonContent.Create(Admin) };
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            using var response = await world.Manager.SendAsync(request, Token);
            return (int)response.StatusCode;
        }
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Error_IsAProblemDocument()
    {
        using var response = await world.CallAsync("GET", "/api/sites/unknown");

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("""{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.5","title":"Not Found","status":404,"detail":"There is no site unknown."}""", await response.Content.ReadAsStringAsync(Token));
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(Acme, "callbackUrl,clientId,cloudId,grant,health,ownAccountIds,scheme,site,source,{webhooks},url")]
    [InlineData(Globex, "appKey,callbackUrl,clientKey,health,scheme,site,source,{webhooks},url")]
    [InlineData(Initech, "callbackUrl,health,scheme,site,source,{webhooks},url")]
    public async Task Site_AsItIsShown_HasTheseProperties(string site, string properties)
    {
        var shown = await world.JsonAsync($"/api/sites/{site}");

        Assert.Equal(properties.Replace("{webhooks}", Names.Api.Webhooks, StringComparison.Ordinal).Split(',').Order(), shown.EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal($"{world.Address}api/deliveries/{site}", shown.GetProperty("callbackUrl").GetString());
        Assert.Equal("settings", shown.GetProperty("source").GetString());
        Assert.Equal(site, shown.GetProperty("health").GetProperty("site").GetString());
    }
}
