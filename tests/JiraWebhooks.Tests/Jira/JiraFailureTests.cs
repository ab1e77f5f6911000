using System.Net;
using JiraWebhooks.Jira;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Jira;

[Collection<Clocked>]
public sealed class JiraFailureTests : IDisposable
{
    private const string NoWebhooks = """{"isLast":true,"values":[]}""";

    private readonly JiraHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(400, JiraFailure.Refused)]
    [InlineData(403, JiraFailure.NotAuthorised)]
    [InlineData(301, JiraFailure.Unavailable)]
    [InlineData(302, JiraFailure.Unavailable)]
    [InlineData(402, JiraFailure.Unavailable)]
    [InlineData(404, JiraFailure.Unavailable)]
    [InlineData(405, JiraFailure.Unavailable)]
    [InlineData(407, JiraFailure.Unavailable)]
    [InlineData(409, JiraFailure.Unavailable)]
    [InlineData(410, JiraFailure.Unavailable)]
    [InlineData(421, JiraFailure.Unavailable)]
    [InlineData(425, JiraFailure.Unavailable)]
    [InlineData(451, JiraFailure.Unavailable)]
    [InlineData(500, JiraFailure.Unavailable)]
    [InlineData(503, JiraFailure.Unavailable)]
    public async Task Call_Status_BecomesAFailureWithJirasWords(int status, JiraFailure failure)
    {
        _harness.Jira.Answer(status, """{"errorMessages":["It did not work."],"errors":{"url":"is odd"},"status":400}""", ("Location", "https://evil.example.com/"));

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Clock.DriveAsync(_harness.Client.ListAsync(StubSites.OAuth, Token)));

        Assert.Equal(failure, error.Failure);
        Assert.Equal((HttpStatusCode)status, error.Status);
        Assert.Equal(["It did not work.", "url: is odd"], error.Messages);
        Assert.Contains("acme", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token-1", error.ToString(), StringComparison.Ordinal);
        Assert.All(_harness.Jira.Requests, request => Assert.Equal("api.atlassian.com", request.Uri.Host));
    }

    /// <summary>The refresh token may have been replaced, and the old one works for ten minutes: a day later it would be dead.</summary>
    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task Call_TokenEndpointDoesNotAnswerOnce_IsRepeatedWhileTheOldTokenWorks()
    {
        _harness.Tokens.Failures.Enqueue(new TimeoutException("auth.atlassian.com did not answer within 10 s."));
        _harness.Jira.Answer(200, NoWebhooks);
        var began = _harness.Clock.GetUtcNow();

        Assert.Empty(await _harness.Clock.DriveAsync(_harness.Client.ListAsync(StubSites.OAuth, Token)));

        Assert.InRange(_harness.Clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("""{"errorMessage": "Site temporarily unavailable", "errorCode": "OTHER"}""")]
    [InlineData("""{"code": 404, "message": "Site temporarily unavailable"}""")]
    [InlineData("""{"errorMessages": ["Site temporarily unavailable"]}""")]
    [InlineData("Site temporarily unavailable\n")]
    public async Task Call_RefusedByWhatStandsInForTheSite_TellsItsWords(string body)
    {
        _harness.Jira.Answer(404, body);

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(["Site temporarily unavailable"], error.Messages);
    }

    [Fact]
    [Trait("Rule", "unknown-content")]
    public async Task Call_RefusedWithHalfACharacterInTheWords_TellsThem()
    {
        _harness.Jira.Answer(400, """{"errorMessages":["It was cut \ud83d"],"errors":{"url":"is odd \ude00"}}""");

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(["It was cut \uFFFD", "url: is odd \uFFFD"], error.Messages);
    }

    /// <summary>Atlassian redirects from the former address of a renamed site; the redirect is not followed.</summary>
    [Theory]
    [InlineData("https://renamed.atlassian.net/rest/api/3/webhook?startAt=0", true)]
    [InlineData("/login?token=of-theirs", false)]
    [InlineData("//[of-theirs", false)]
    [InlineData("//renamed.atlassian.net:99999/of-theirs", false)]
    [InlineData("https:", false)]
    public async Task Call_OfARenamedConnectSite_NamesTheNewAddress(string location, bool named)
    {
        _harness.Jira.Answer(301, "", ("Location", location));

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.Connect, Token));

        Assert.Equal(named, error.Message.Contains("a redirect to https://renamed.atlassian.net: if the site was renamed, set its Url to this", StringComparison.Ordinal));
        Assert.DoesNotContain("of-theirs", error.Message, StringComparison.Ordinal);
        Assert.Single(_harness.Jira.Requests);
    }

    [Theory]
    [InlineData("<html>Page unavailable</html>")]
    [InlineData("Page\nunavailable")]
    [InlineData("""["Page unavailable"]""")]
    public async Task Call_RefusedWithAPage_TellsTheStatusAlone(string body)
    {
        _harness.Jira.Answer(404, body);

        Assert.Empty((await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.OAuth, Token))).Messages);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [Trait("Rule", "rate-limits")]
    public async Task Call_TransientStatus_IsTriedAgain(int status)
    {
        _harness.Jira.Answer(status).Answer(status).Answer(200, NoWebhooks);

        await _harness.Clock.DriveAsync(_harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(3, _harness.Jira.Requests.Count);
    }

    [Fact]
    [Trait("Rule", "rate-limits")]
    public async Task Call_ShortWaitAsked_IsSatOut()
    {
        _harness.Jira.Answer(429, "", ("Retry-After", "45")).Answer(200, NoWebhooks);
        var started = _harness.Clock.GetUtcNow();

        await _harness.Clock.DriveAsync(_harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.InRange((_harness.Clock.GetUtcNow() - started).TotalSeconds, 45, 60);
    }

    [Theory]
    [InlineData(429, "1847", 1847)]
    [InlineData(503, "1847", 1847)]
    [InlineData(429, "Tue, 14 Nov 2023 23:13:20 GMT", 3600)]
    [Trait("Rule", "rate-limits")]
    public async Task Call_LongWaitAsked_EndsAtOnceAndTellsIt(int status, string retryAfter, int seconds)
    {
        _harness.Jira.Answer(status, "", ("Retry-After", retryAfter), ("RateLimit-Reason", "jira-quota-tenant-based"));

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(JiraFailure.RateLimited, error.Failure);
        Assert.Equal(TimeSpan.FromSeconds(seconds), error.RetryAfter);
        Assert.Single(_harness.Jira.Requests);
    }

    [Theory]
    [InlineData("jira-quota-global-based", 1)]
    [InlineData("jira-quota-tenant-based", 1)]
    [InlineData("jira-burst-based", 2)]
    [Trait("Rule", "rate-limits")]
    public async Task Call_QuotaUsedUpAndNoWaitGiven_EndsAtOnce(string reason, int calls)
    {
        _harness.Jira.Answer(429, "", ("RateLimit-Reason", reason)).Answer(200, NoWebhooks);

        var failure = await Record.ExceptionAsync(() => _harness.Clock.DriveAsync(_harness.Client.ListAsync(StubSites.OAuth, Token)));

        Assert.Equal(calls == 1 ? JiraFailure.RateLimited : null, (failure as JiraApiException)?.Failure);
        Assert.Equal(calls, _harness.Jira.Requests.Count);
    }

    [Fact]
    [Trait("Rule", "rate-limits")]
    public async Task Call_ConnectionNotMadeInTime_IsTriedAgain()
    {
        // What SocketsHttpHandler throws when its ConnectTimeout is over.
        _harness.Jira.Fail(new TaskCanceledException("A connection could not be established.", new TimeoutException())).Answer(200, NoWebhooks);

        await _harness.Clock.DriveAsync(_harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(2, _harness.Jira.Requests.Count);
    }

    [Fact]
    public async Task Search_AnswerWithoutIssues_IsNoEnd()
    {
        _harness.Jira.Answer(200, "{}");

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.SearchAsync(StubSites.OAuth, "updated >= -5m", 50, null, Token));

        Assert.Equal(JiraFailure.Unavailable, error.Failure);
        Assert.Contains("no issues", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "rate-limits")]
    public async Task Call_OnlyAResetTimeGiven_IsTheWait()
    {
        _harness.Jira.Answer(429, "", ("X-RateLimit-Reset", "2023-11-14T23:13:20Z"));

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(TimeSpan.FromHours(1), error.RetryAfter);
    }

    [Theory]
    [InlineData("Retry-After", "0")]
    [InlineData("Retry-After", "Tue, 14 Nov 2023 20:13:20 GMT")]
    [InlineData("X-RateLimit-Reset", "2023-11-14T20:13:20Z")]
    public async Task Call_WaitThatIsOver_WaitsAtLeastTheUsualBackOff(string header, string value)
    {
        _harness.Jira.Answer(429, "", (header, value));
        var started = _harness.Clock.GetUtcNow();

        await Assert.ThrowsAsync<JiraApiException>(() => _harness.Clock.DriveAsync(_harness.Client.ListAsync(StubSites.OAuth, Token)));

        Assert.Equal(1 + JiraResilience.MaxRetries, _harness.Jira.Requests.Count);
        Assert.InRange((_harness.Clock.GetUtcNow() - started).TotalSeconds, 7, 15);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Register_StatusThatTellsNotWhetherItHappened_IsNotTriedAgain(int status)
    {
        _harness.Jira.Answer(status);

        await Assert.ThrowsAsync<JiraApiException>(RegisterAsync);

        Assert.Single(_harness.Jira.Requests);
    }

    [Theory]
    [InlineData("jira-burst-based", 2)]
    [InlineData("jira-quota-tenant-based", 1)]
    public async Task Register_RefusedForTheRateWithoutAWait_IsTriedAgainUnlessAQuotaIsUsedUp(string reason, int calls)
    {
        _harness.Jira.Answer(429, "", ("RateLimit-Reason", reason)).Answer(200, """{"webhookRegistrationResult":[{"createdWebhookId":1}]}""");

        await Record.ExceptionAsync(RegisterAsync);

        Assert.Equal(calls, _harness.Jira.Requests.Count);
    }

    /// <summary>It was turned away and did not happen; a webhook that was deleted to make room waits for it.</summary>
    [Fact]
    [Trait("Rule", "rate-limits")]
    public async Task Register_TurnedAwayForAShortWhile_IsTriedAgainAfterIt()
    {
        _harness.Jira.Answer(429, "", ("Retry-After", "2")).Answer(200, """{"webhookRegistrationResult":[{"createdWebhookId":1}]}""");

        Assert.Equal(1, Assert.Single(await RegisterAsync()).CreatedWebhookId);
        Assert.Equal(2, _harness.Jira.Requests.Count);
    }

    [Fact]
    [Trait("Rule", "rate-limits")]
    public async Task Register_ConnectionBroken_IsNotTriedAgain()
    {
        _harness.Jira.Fail(new HttpRequestException("connection reset"));

        var error = await Assert.ThrowsAsync<JiraApiException>(RegisterAsync);

        Assert.Equal(JiraFailure.Unavailable, error.Failure);
        Assert.Single(_harness.Jira.Requests);
    }

    [Fact]
    [Trait("Rule", "rate-limits")]
    public async Task Refresh_ConnectionBroken_IsTriedAgain()
    {
        _harness.Jira.Fail(new HttpRequestException("connection reset")).Answer(200, "{}");

        await _harness.Clock.DriveAsync(_harness.Client.RefreshAsync(StubSites.OAuth, [1], Token));

        Assert.Equal(2, _harness.Jira.Requests.Count);
    }

    [Fact]
    public async Task Call_AnswerIsNoJson_IsUnavailable()
    {
        _harness.Jira.Answer(200, "<html>maintenance</html>");

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(JiraFailure.Unavailable, error.Failure);
        Assert.DoesNotContain("maintenance", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "rate-limits")]
    public async Task Call_NeverRecovers_HasAnEnd()
    {
        _harness.Jira.Answer(500);

        await Assert.ThrowsAsync<JiraApiException>(() => _harness.Clock.DriveAsync(_harness.Client.ListAsync(StubSites.OAuth, Token)));

        Assert.Equal(1 + JiraResilience.MaxRetries, _harness.Jira.Requests.Count);
    }

    private Task<IReadOnlyList<RegisteredWebhook>> RegisterAsync() =>
        _harness.Clock.DriveAsync(_harness.Client.RegisterAsync(StubSites.OAuth, new Uri("https://hooks.example.com/x"), [new(["e"], "j")], Token));
}
