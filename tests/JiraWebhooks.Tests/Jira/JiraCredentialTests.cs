using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.OAuth;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Jira;

[Collection<Clocked>]
public sealed class JiraCredentialTests : IDisposable
{
    private const string NoWebhooks = """{"isLast":true,"values":[]}""";

    private readonly JiraHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Fact]
    [Trait("Rule", "connect-calls")]
    public void Write_TheVectorOfAtlassiansLibrary_Agrees()
    {
        var site = StubSites.Connect with { AppKey = "com.example.app", Secret = SiteSecret.From("a-secret-key-not-to-be-lost"), ApiUrl = new Uri("https://acme.atlassian.net") };

        var token = ConnectTokenWriter.Write(
            site, HttpMethod.Get, new Uri("https://acme.atlassian.net/rest/api/3/webhook?startAt=0&maxResults=100"), DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

        Assert.Equal(
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJjb20uZXhhbXBsZS5hcHAiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMDE4MCwicXNoIjoiZWNiOGM4ZWFlMzdjNGYxOTM2OTQ4NDU5ZjRkMWJlMTI4NGUxY2FlODdhM2NhOTBiN2ZhYzgwOGYxNDJiYjU2OCJ9.WFB65w-_yWhkCZl47uNoGW9q0rcFjeWhSYNa0A_I7OY",
            token);
    }

    [Fact]
    [Trait("Rule", "connect-calls")]
    public async Task Call_ToAConnectSite_CarriesAFreshTokenOnEachAttempt()
    {
        _harness.Jira.Answer(503, "", ("Retry-After", "5")).Answer(200, NoWebhooks);

        await _harness.Clock.DriveAsync(_harness.Client.ListAsync(StubSites.Connect, Token));

        var claims = _harness.Jira.Requests.Select(Claims).ToList();
        Assert.Equal(2, claims.Count);
        Assert.Equal(5, claims[1].GetProperty("iat").GetInt64() - claims[0].GetProperty("iat").GetInt64());
        Assert.All(claims, claim => Assert.Equal(180, claim.GetProperty("exp").GetInt64() - claim.GetProperty("iat").GetInt64()));
        Assert.All(claims, claim => Assert.Equal("ecb8c8eae37c4f1936948459f4d1be1284e1cae87a3ca90b7fac808f142bb568", claim.GetProperty("qsh").GetString()));
        Assert.All(_harness.Jira.Requests, request => Assert.Null(request.Body));
    }

    [Fact]
    [Trait("Rule", "connect-calls")]
    public async Task Call_ToAConnectSiteBehindAPath_LeavesThePathOutOfTheHash()
    {
        _harness.Jira.Answer(200, NoWebhooks);

        await _harness.Client.ListAsync(StubSites.Connect with { ApiUrl = new Uri("https://proxy.example.com/sites/globex/") }, Token);

        var request = Assert.Single(_harness.Jira.Requests);
        Assert.Equal("/sites/globex/rest/api/3/webhook", request.Uri.AbsolutePath);
        Assert.Equal("ecb8c8eae37c4f1936948459f4d1be1284e1cae87a3ca90b7fac808f142bb568", Claims(request).GetProperty("qsh").GetString());
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task Call_ToAnOAuthSite_GoesToTheGatewayWithABearer()
    {
        _harness.Jira.Answer(200, NoWebhooks);

        await _harness.Client.ListAsync(StubSites.OAuth, Token);

        var request = Assert.Single(_harness.Jira.Requests);
        Assert.Equal($"https://api.atlassian.com/ex/jira/{StubSites.CloudId}/rest/api/3/webhook?startAt=0&maxResults=100", request.Uri.AbsoluteUri);
        Assert.Equal("Bearer token-1", request.Authorization);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task Call_TokenRejected_IsTriedOnceWithANewOne()
    {
        _harness.Jira.Answer(401).Answer(200, """{"webhookRegistrationResult":[{"createdWebhookId":1}]}""");

        await _harness.Client.RegisterAsync(StubSites.OAuth, new Uri("https://hooks.example.com/x"), [new(["e"], "j")], Token);

        Assert.Equal(["Bearer token-1", "Bearer token-2"], _harness.Jira.Requests.Select(request => request.Authorization));
        Assert.Single(_harness.Jira.Requests.Select(request => request.Body).Distinct());
    }

    /// <summary>A new token has the same scopes. Each rotation costs a refresh token, and every run would rotate again.</summary>
    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task Call_TokenWithoutTheScope_IsNotRotatedAndTellsJirasWords()
    {
        _harness.Jira.Answer(401, """{"code":401,"message":"Unauthorized; scope does not match"}""");

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(JiraFailure.ReconnectRequired, error.Failure);
        Assert.Contains("Unauthorized; scope does not match", error.Message, StringComparison.Ordinal);
        Assert.Equal("Bearer token-1", Assert.Single(_harness.Jira.Requests).Authorization);
    }

    [Fact]
    public async Task Call_ToJira_NamesThisAppAndAsksForJson()
    {
        _harness.Jira.Answer(200, NoWebhooks);

        await _harness.Client.ListAsync(StubSites.OAuth, Token);

        var asked = Assert.Single(_harness.Jira.Requests);
        Assert.Matches(@"^jira-webhooks/\d+\.\d+\.\d+$", asked.UserAgent);
        Assert.Equal("application/json", asked.Accept);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task Call_NewTokenRejectedToo_AsksForReconnection()
    {
        _harness.Jira.Answer(401);

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(JiraFailure.ReconnectRequired, error.Failure);
        Assert.Equal(2, _harness.Jira.Requests.Count);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task Call_GrantIsDead_AsksForReconnectionWithoutACall()
    {
        _harness.Jira.Answer(200, NoWebhooks);
        _harness.Tokens.Failure = new ReconnectRequiredException("acme");

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(JiraFailure.ReconnectRequired, error.Failure);
        Assert.Contains("acme", error.Message, StringComparison.Ordinal);
        Assert.Empty(_harness.Jira.Requests);
    }

    [Fact]
    public async Task Call_WithBasicAuthentication_IsRefusedWithTheReason()
    {
        _harness.Jira.Answer(403, """{"errorMessages":["The caller is not an app."]}""");
        var site = StubSites.Admin with { UserName = "ada@example.com", ApiToken = SiteSecret.From("api-token") };

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(site, Token));

        Assert.Equal(JiraFailure.NotAuthorised, error.Failure);
        Assert.Contains("only Connect and OAuth 2.0 apps", error.Message, StringComparison.Ordinal);
        Assert.Equal($"Basic {Convert.ToBase64String("ada@example.com:api-token"u8)}", Assert.Single(_harness.Jira.Requests).Authorization);
    }

    [Fact]
    public async Task Call_ToAnAdminWebhookSite_MakesNoRequest()
    {
        _harness.Jira.Answer(200, NoWebhooks);

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.Admin, Token));

        Assert.Equal(JiraFailure.NotAuthorised, error.Failure);
        Assert.Empty(_harness.Jira.Requests);
    }

    private static JsonElement Claims(Asked request)
    {
        var token = request.Authorization!["JWT ".Length..];
        return JsonDocument.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[1]))).RootElement;
    }
}
