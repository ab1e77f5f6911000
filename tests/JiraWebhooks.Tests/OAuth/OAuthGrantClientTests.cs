using System.Text.Json;
using JiraWebhooks.OAuth;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>What goes to the authorization server and what is made of its answers.</summary>
[Collection<Clocked>]
public sealed class OAuthGrantClientTests
{
    private readonly OAuthHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refresh_Request_IsAtlassiansJson()
    {
        await _harness.Client.RefreshAsync(_harness.Site, _harness.Seed, Token);

        var asked = Assert.Single(_harness.Endpoint.Requests);
        Assert.Equal(HttpMethod.Post, asked.Method);
        Assert.Equal("https://auth.atlassian.com/oauth/token", asked.Uri.AbsoluteUri);
        Assert.Equal("application/json", asked.ContentType);
        Assert.Equal("application/json", asked.Accept);
        Assert.Equal(
            new()
            {
                ["grant_type"] = "refresh_token",
                ["client_id"] = "client-of-the-test",
                ["client_secret"] = OAuthHarness.ClientSecret,
                ["refresh_token"] = _harness.Seed,
            },
            JsonSerializer.Deserialize<Dictionary<string, string>>(asked.Body));
    }

    [Fact]
    public async Task Exchange_Request_IsAtlassiansJson()
    {
        _harness.Endpoint.AnswerAlways(200, """{"access_token":"a","refresh_token":"r","expires_in":3600,"scope":"x","token_type":"Bearer"}""");

        var grant = await _harness.Client.ExchangeAsync("client", "secret", "code", new Uri("http://localhost:8765/callback"), Token);

        Assert.Equal("a", grant.AccessToken);
        Assert.Equal("r", grant.RefreshToken);
        Assert.Equal(_harness.Clock.GetUtcNow().AddHours(1), grant.AccessTokenExpiresAt);
        Assert.Equal(
            new()
            {
                ["grant_type"] = "authorization_code",
                ["client_id"] = "client",
                ["client_secret"] = "secret",
                ["code"] = "code",
                ["redirect_uri"] = "http://localhost:8765/callback",
            },
            JsonSerializer.Deserialize<Dictionary<string, string>>(Assert.Single(_harness.Endpoint.Requests).Body));
    }

    [Fact]
    public async Task Exchange_ConsentWithoutOfflineAccess_SaysSo()
    {
        _harness.Endpoint.AnswerAlways(200, """{"access_token":"a","expires_in":3600}""");

        var error = await Assert.ThrowsAsync<HttpRequestException>(() =>
            _harness.Client.ExchangeAsync("client", "secret", "code", new Uri("http://localhost:8765/callback"), Token));

        Assert.Contains("offline_access", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchange_UsedCode_IsTerminal()
    {
        _harness.Endpoint.AnswerAlways(403, """{"error":"invalid_grant","error_description":"the-code is invalid"}""");

        var error = await Assert.ThrowsAsync<GrantRefusedException>(() =>
            _harness.Client.ExchangeAsync("client", "secret", "the-code", new Uri("http://localhost:8765/callback"), Token));

        Assert.Equal(403, error.Status);
        Assert.Equal("invalid_grant", error.Error);
        Assert.Equal("The authorization server answered 403 invalid_grant.", error.Message);
    }

    [Theory]
    [InlineData("1800", 1800)]
    [InlineData("\"1800\"", 1800)]
    [InlineData("1800.5", 1800.5)]
    [InlineData("null", 3600)]
    [InlineData("0", 3600)]
    [InlineData("-5", 3600)]
    [InlineData("1e300", 3600)]
    public async Task Refresh_ExpiresIn_IsSecondsOrAnHour(string expiresIn, double seconds)
    {
        _harness.Endpoint.AnswerAlways(200, $$"""{"access_token":"a","refresh_token":"r","expires_in":{{expiresIn}}}""");

        var grant = await _harness.Client.RefreshAsync(_harness.Site, "old", Token);

        Assert.Equal(_harness.Clock.GetUtcNow().AddSeconds(seconds), grant.AccessTokenExpiresAt);
    }

    [Fact]
    public async Task Refresh_CallerGivesUp_IsNotCalledATimeOut()
    {
        using var caller = new CancellationTokenSource();
        _harness.Endpoint.Before = async (_, cancellationToken) =>
        {
            await Hang.UntilCancelledAsync(cancellationToken);
            return null;
        };

        var call = _harness.Client.RefreshAsync(_harness.Site, "old", caller.Token);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task Refresh_NoAnswer_IsATimeOutThatNamesTheServer()
    {
        _harness.Endpoint.Before = async (_, cancellationToken) =>
        {
            await Hang.UntilCancelledAsync(cancellationToken);
            return null;
        };

        var error = await Assert.ThrowsAsync<TimeoutException>(() => _harness.Clock.DriveAsync(_harness.Client.RefreshAsync(_harness.Site, "old", Token)));

        Assert.Equal("auth.atlassian.com did not answer within 10 s.", error.Message);
    }

    /// <summary>As when the host stops while Atlassian does not answer.</summary>
    [Fact]
    public async Task Refresh_CallerGivesUpAfterTheTimeOut_IsNotCalledATimeOut()
    {
        using var caller = new CancellationTokenSource();
        _harness.Endpoint.Before = async (_, cancellationToken) =>
        {
            _harness.Clock.Advance(OAuthGrantClient.Timeout);
            await caller.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _harness.Client.RefreshAsync(_harness.Site, "old", caller.Token));
    }

    [Theory]
    [InlineData(200, "{}", "The authorization server answered 200 without a usable access token.")]
    [InlineData(200, """{"access_token":"","refresh_token":"new"}""", "The authorization server answered 200 without a usable access token.")]
    [InlineData(200, """{"access_token":"two\nlines","refresh_token":"new"}""", "The authorization server answered 200 without a usable access token.")]
    [InlineData(200, """{"access_token":"one\n","refresh_token":"new"}""", "The authorization server answered 200 without a usable access token.")]
    [InlineData(200, """{"access_token":"t\u00f6ken","refresh_token":"new"}""", "The authorization server answered 200 without a usable access token.")]
    [InlineData(503, "", "The authorization server answered 503.")]
    [InlineData(400, """{"error":"invalid_request"}""", "The authorization server answered 400 invalid_request.")]
    public async Task Refresh_Failure_SaysWhatCame(int status, string body, string expected)
    {
        _harness.Endpoint.AnswerAlways(status, body);

        Assert.Equal(expected, (await Assert.ThrowsAsync<HttpRequestException>(() => _harness.Client.RefreshAsync(_harness.Site, "old", Token))).Message);
    }

    [Theory]
    [InlineData(200, "{}", "The list of accessible resources was answered 200 with something else than a list of sites.")]
    [InlineData(300, "[]", "The list of accessible resources was answered 300.")]
    [InlineData(401, "[]", "The list of accessible resources was answered 401.")]
    public async Task AccessibleResources_Failure_SaysWhatCame(int status, string body, string expected)
    {
        _harness.Endpoint.AnswerAlways(status, body);

        Assert.Equal(expected, (await Assert.ThrowsAsync<HttpRequestException>(() => _harness.Client.AccessibleResourcesAsync("the-token", Token))).Message);
    }

    /// <summary>It is stored in a table and is a link in the browser.</summary>
    [Theory]
    [InlineData("https://user:password@acme.atlassian.net")]
    [InlineData("/acme")]
    public async Task AccessibleResources_AddressWithUserInformationOrNone_HasNoAddress(string url)
    {
        _harness.Endpoint.AnswerAlways(200, $$"""[{"id":"1","url":"{{url}}"}]""");

        Assert.Null(Assert.Single(await _harness.Client.AccessibleResourcesAsync("the-token", Token)).Url);
    }

    [Fact]
    public async Task AccessibleResources_Request_CarriesTheTokenAndReadsTheList()
    {
        _harness.Endpoint.AnswerAlways(200, """
            [{"id":"1324a887-45db-1bf4-1e99-ef0ff456d421","name":"Acme","url":"https://acme.atlassian.net","scopes":["read:jira-work"],"avatarUrl":"https://x"},
             {"id":"2"}]
            """);

        var resources = await _harness.Client.AccessibleResourcesAsync("the-token", Token);

        var asked = Assert.Single(_harness.Endpoint.Requests);
        Assert.Equal(
            (HttpMethod.Get, "https://api.atlassian.com/oauth/token/accessible-resources", "Bearer the-token"),
            (asked.Method, asked.Uri.AbsoluteUri, asked.Authorization));
        Assert.Equal("application/json", asked.Accept);
        Assert.Equal(["1324a887-45db-1bf4-1e99-ef0ff456d421", "2"], resources.Select(resource => resource.Id));
        Assert.Equal("Acme", resources[0].Name);
        Assert.Equal(new Uri("https://acme.atlassian.net"), resources[0].Url);
        Assert.Equal(["read:jira-work"], resources[0].Scopes!);
    }

    [Theory]
    [InlineData(401, """{"code":401,"message":"Unauthorized the-token"}""")]
    [InlineData(200, "<html>the-token</html>")]
    [InlineData(200, """[{"name":"no id, the-token"}]""")]
    [InlineData(300, """[{"id":"1"}]""")]
    [InlineData(500, """[{"id":"1"}]""")]
    [Trait("Rule", "secrecy")]
    public async Task AccessibleResources_AnythingElse_IsAFailureWithTheStatusOnly(int status, string body)
    {
        _harness.Endpoint.AnswerAlways(status, body);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => _harness.Client.AccessibleResourcesAsync("the-token", Token));

        Assert.Equal(status, (int?)error.StatusCode);
        Assert.DoesNotContain("the-token", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Authorize_Url_HasAllThatAtlassianAsksFor()
    {
        var url = OAuthAuthorizeUrl.For(new Uri("https://auth.atlassian.com/"), "client id", new Uri("http://localhost:8765/callback?a=b&c=d"), "st&te");

        Assert.Equal(
            "https://auth.atlassian.com/authorize?audience=api.atlassian.com&client_id=client%20id"
            + "&scope=read%3Ajira-work%20manage%3Ajira-webhook%20offline_access"
            + "&redirect_uri=http%3A%2F%2Flocalhost%3A8765%2Fcallback%3Fa%3Db%26c%3Dd&state=st%26te&response_type=code&prompt=consent",
            url.AbsoluteUri);
    }

    [Fact]
    public void Authorize_OwnScopes_ReplaceTheUsual() =>
        Assert.Contains("&scope=read%3Awebhook%3Ajira%20offline_access&", OAuthAuthorizeUrl.For(
            new Uri("https://auth.atlassian.com"), "client", new Uri("http://localhost:1/"), "s", ["read:webhook:jira", "offline_access"]).AbsoluteUri, StringComparison.Ordinal);
}
