using System.Globalization;
using System.Text.Json;
using JiraWebhooks.Jira;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Jira;

[Collection<Clocked>]
public sealed class JiraWebhookClientTests : IDisposable
{
    private static readonly Uri Callback = new("https://hooks.example.com/api/deliveries/acme");

    private readonly JiraHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData("1559392950000")]
    [InlineData("\"2019-06-01T12:42:30.000+0000\"")]
    [InlineData("\"2019-06-01T12:42:30.000+00:00\"")]
    [InlineData("\"2019-06-01T12:42:30.000Z\"")]
    [Trait("Rule", "expiry-dates")]
    public async Task List_ExpiryInAnyForm_IsRead(string expiry)
    {
        _harness.Jira.Answer(200, $$"""{"isLast":true,"values":[{"id":1,"events":["jira:issue_created"],"jqlFilter":"project = A","url":"https://hooks.example.com/x","expirationDate":{{expiry}}}]}""");

        var webhook = Assert.Single(await _harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(DateTimeOffset.Parse("2019-06-01T12:42:30Z", CultureInfo.InvariantCulture), webhook.ExpirationDate);
    }

    [Theory]
    [InlineData("\"next month\"")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("{\"at\":1}")]
    [InlineData("99999999999999999")]
    [InlineData("1559392950")]
    [InlineData("\"1970-01-19T01:09:52.950+0000\"")]
    [InlineData("0")]
    [Trait("Rule", "expiry-dates")]
    public async Task List_ExpiryThatCannotBeRead_IsUnknown(string expiry)
    {
        _harness.Jira.Answer(200, $$"""{"isLast":true,"values":[{"id":1,"events":[],"jqlFilter":"","expirationDate":{{expiry}}}]}""");

        Assert.Null(Assert.Single(await _harness.Client.ListAsync(StubSites.OAuth, Token)).ExpirationDate);
    }

    /// <summary>As in a text that was cut inside an emoji. A site whose webhooks cannot be listed has only what is remembered of them.</summary>
    [Fact]
    [Trait("Rule", "unknown-content")]
    public async Task List_HalfACharacterInATextOfAWebhook_IsReplaced()
    {
        _harness.Jira.Answer(200, """{"isLast":true,"values":[{"id":1,"events":["jira:\ud83d"],"jqlFilter":"summary ~ \"\\ude00 \ud83d\ude00 \ud83d\"","fieldIdsFilter":["\ude00"]}]}""");

        var webhook = Assert.Single(await _harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal("jira:\uFFFD", Assert.Single(webhook.Events));
        Assert.Equal("summary ~ \"\\ude00 \U0001F600 \uFFFD\"", webhook.JqlFilter);
        Assert.Equal("\uFFFD", Assert.Single(webhook.FieldIdsFilter!));
    }

    [Fact]
    [Trait("Rule", "unknown-content")]
    public async Task List_UnknownFieldsAndEvents_Pass()
    {
        _harness.Jira.Answer(200, """{"isLast":true,"later":{"x":[1]},"values":[{"id":7,"events":["jira:planet_exploded"],"jqlFilter":"x","kind":"NEW"}]}""");

        Assert.Equal(["jira:planet_exploded"], Assert.Single(await _harness.Client.ListAsync(StubSites.OAuth, Token)).Events);
    }

    [Fact]
    [Trait("Rule", "list-pages")]
    public async Task List_SeveralPages_AreReadFromTheRightStart()
    {
        _harness.Jira
            .Answer(200, """{"isLast":false,"values":[{"id":1,"events":[],"jqlFilter":""},{"id":2,"events":[],"jqlFilter":""}]}""")
            .Answer(200, """{"isLast":true,"values":[{"id":3,"events":[],"jqlFilter":""}]}""");

        Assert.Equal([1L, 2L, 3L], (await _harness.Client.ListAsync(StubSites.OAuth, Token)).Select(webhook => webhook.Id));
        Assert.Equal(["?startAt=0&maxResults=100", "?startAt=2&maxResults=100"], _harness.Jira.Requests.Select(request => request.Uri.Query));
    }

    [Theory]
    [InlineData("""{"values":[]}""", 1)]
    [InlineData("""{"total":0,"isLast":true}""", 1)]
    [InlineData("""{"values":[{"id":1,"events":[],"jqlFilter":""}]}""", 2)]
    [Trait("Rule", "list-pages")]
    public async Task List_NeverTheLastPage_Ends(string page, int requests)
    {
        _harness.Jira.Answer(200, page);

        await _harness.Client.ListAsync(StubSites.OAuth, Token);

        Assert.Equal(requests, _harness.Jira.Requests.Count);
    }

    /// <summary>Taken for an empty list, it would look as if Jira had lost all webhooks.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("{\"values\":null,\"isLast\":true}")]
    [InlineData("{\"errorMessages\":[\"try again\"]}")]
    [Trait("Rule", "list-pages")]
    public async Task List_AnswerWithoutValues_IsUnreadable(string page)
    {
        _harness.Jira.Answer(200, page);

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Client.ListAsync(StubSites.OAuth, Token));

        Assert.Equal(JiraFailure.Unavailable, error.Failure);
        Assert.Equal("Listing webhooks on acme: the answer has no webhooks.", error.Message);
    }

    [Fact]
    [Trait("Decision", "one-http-client")]
    public async Task List_BodyThatStandsStill_Ends()
    {
        _harness.Jira.AnswerWithAStuckBody();
        var began = _harness.Clock.GetUtcNow();

        var error = await Assert.ThrowsAsync<JiraApiException>(() => _harness.Clock.DriveAsync(_harness.Client.ListAsync(StubSites.OAuth, Token)));

        Assert.Equal(JiraFailure.Unavailable, error.Failure);
        Assert.Equal(TimeSpan.FromSeconds(30), _harness.Clock.GetUtcNow() - began);
    }

    [Fact]
    [Trait("Rule", "registration-results")]
    public async Task Register_SomeItemsFail_ResultsKeepTheOrder()
    {
        _harness.Jira.Answer(200, """{"webhookRegistrationResult":[{"createdWebhookId":11},{"errors":["The clause watchCount is unsupported"]},{}]}""");

        var results = await _harness.Client.RegisterAsync(StubSites.OAuth, Callback, [Details("a"), Details("b"), Details("c")], Token);

        Assert.Equal([11L, null, null], results.Select(result => result.CreatedWebhookId));
        Assert.Equal("The clause watchCount is unsupported", Assert.Single(results[1].Errors!));
        var asked = Assert.Single(_harness.Jira.Requests);
        Assert.Equal(asked.Body!.Length, asked.Length);
        Assert.Equal(
            """{"url":"https://hooks.example.com/api/deliveries/acme","webhooks":[{"events":["jira:issue_created"],"jqlFilter":"a"},{"events":["jira:issue_created"],"jqlFilter":"b"},{"events":["jira:issue_created"],"jqlFilter":"c"}]}""",
            asked.Body);
    }

    [Theory]
    [InlineData("""{"webhookRegistrationResult":[{"createdWebhookId":11}]}""")]
    [InlineData("{}")]
    [Trait("Rule", "registration-results")]
    public async Task Register_CountsDiffer_Fails(string answer)
    {
        _harness.Jira.Answer(200, answer);

        await Assert.ThrowsAsync<JiraApiException>(() =>
            _harness.Client.RegisterAsync(StubSites.OAuth, Callback, [Details("a"), Details("b")], Token));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(204)]
    [Trait("Rule", "asynchronous-delete")]
    public async Task Delete_Accepted_SendsTheIdsAsJson(int status)
    {
        _harness.Jira.Answer(status);

        await _harness.Client.DeleteAsync(StubSites.OAuth, [1, 2], Token);

        var asked = Assert.Single(_harness.Jira.Requests);
        Assert.Equal("DELETE", asked.Method);
        Assert.Equal("""{"webhookIds":[1,2]}""", asked.Body);
    }

    [Theory]
    [InlineData(200, """{"expirationDate":"2019-06-01T12:42:30.000+0000"}""")]
    [InlineData(200, "{}")]
    [InlineData(200, "")]
    [InlineData(200, "not json")]
    [InlineData(204, "")]
    [Trait("Rule", "refresh-answers")]
    public async Task Refresh_WithOrWithoutADate_Succeeds(int status, string body)
    {
        _harness.Jira.Answer(status, body);

        await _harness.Client.RefreshAsync(StubSites.OAuth, [1], Token);

        var asked = Assert.Single(_harness.Jira.Requests);
        Assert.Equal("PUT", asked.Method);
        Assert.Equal("""{"webhookIds":[1]}""", asked.Body);
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public async Task Refresh_MoreThanAHundred_GoInChunks()
    {
        _harness.Jira.Answer(200, "{}");

        await _harness.Client.RefreshAsync(StubSites.OAuth, [.. Enumerable.Range(1, 250).Select(id => (long)id)], Token);

        Assert.Equal([100, 100, 50], _harness.Jira.Requests.Select(request => JsonDocument.Parse(request.Body!).RootElement.GetProperty("webhookIds").GetArrayLength()));
    }

    [Fact]
    [Trait("Rule", "failed-list-start")]
    public async Task Failed_NextPointsElsewhere_IsNotFollowed()
    {
        _harness.Jira.Answer(200, """{"maxResults":2,"values":[{"id":"a","url":"u","failureTime":5}],"next":"https://evil.example.com/x?failedAfter=5"}""");

        var page = await _harness.Client.FailedAsync(StubSites.Connect, 4, 100, Token);

        Assert.Equal("a", page.Records[0].Id);
        Assert.Equal(5L, page.Records[0].FailureTime);
        Assert.Null(page.Records[0].Body);
        var asked = Assert.Single(_harness.Jira.Requests);
        Assert.Equal("https://globex.atlassian.net/rest/api/3/webhook/failed?maxResults=100&after=4", asked.Uri.AbsoluteUri);
    }

    private static WebhookDetails Details(string jql) => new(["jira:issue_created"], jql);
}
