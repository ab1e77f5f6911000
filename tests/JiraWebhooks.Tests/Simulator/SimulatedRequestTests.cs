using static JiraWebhooks.Tests.Simulator.SimulatorHarness;

namespace JiraWebhooks.Tests.Simulator;

/// <summary>A request that does not fit its schema is answered 400 and has no effect.</summary>
[Collection<Clocked>]
public sealed class SimulatedRequestTests : IAsyncLifetime
{
    private const string Hook = """{"events":["comment_created"],"jqlFilter":"project = A"}""";
    private const string Search = "/rest/api/2/search/jql";
    private const string Jql = "\"jql\":\"(project = A) AND updated >= \\\"-5m\\\" ORDER BY updated ASC\"";

    private SimulatorHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await StartAsync();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData("", "startAt=3000000000")]
    [InlineData("", "startAt=-1")]
    [InlineData("", "startAt=abc")]
    [InlineData("", "startAt=1.5")]
    [InlineData("", "startAt=")]
    [InlineData("", "startAt=1&startAt=2")]
    [InlineData("", "maxResults=0")]
    [InlineData("", "maxResults=-1")]
    [InlineData("", "maxResults=abc")]
    [InlineData("", "maxResults=3000000000")]
    [InlineData("/failed", "maxResults=0")]
    [InlineData("/failed", "maxResults=abc")]
    [InlineData("/failed", "maxResults=3000000000")]
    [InlineData("/failed", "after=-1")]
    [InlineData("/failed", "after=abc")]
    [InlineData("/failed", "after=9223372036854775808")]
    [InlineData("/failed", "failedAfter=abc")]
    [Trait("Rule", "invalid-requests")]
    public async Task Query_NumberOutOfRange_Is400(string operation, string query)
    {
        var answer = await _harness.CallAsync(Globex, "GET", $"{Operations}{operation}?{query}");

        Assert.Equal(400, answer.Status);
        Assert.Contains(query.Split('=')[0], answer.Json.GetProperty("errorMessages")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "startAt=2147483647&maxResults=2147483647", "startAt", 2147483647)]
    [InlineData("", "maxResults=2147483647", "maxResults", 100)]
    [InlineData("/failed", "after=9223372036854775807&maxResults=1", "maxResults", 1)]
    [Trait("Rule", "invalid-requests")]
    public async Task Query_NumberAtItsLimit_IsRead(string operation, string query, string property, long expected)
    {
        await _harness.RegisterAsync(Globex);

        var answer = await _harness.CallAsync(Globex, "GET", $"{Operations}{operation}?{query}");

        Assert.Equal(200, answer.Status);
        Assert.Equal(expected, answer.Json.GetProperty(property).GetInt64());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"webhooks":[HOOK]}""")]
    [InlineData("""{"url":7,"webhooks":[HOOK]}""")]
    [InlineData("""{"url":"URL"}""")]
    [InlineData("""{"url":"URL","webhooks":null}""")]
    [InlineData("""{"url":"URL","webhooks":[]}""")]
    [InlineData("""{"url":"URL","webhooks":{}}""")]
    [InlineData("""{"url":"URL","webhooks":[HOOK,null]}""")]
    [InlineData("""{"url":"URL","webhooks":[HOOK,{"events":["comment_created"]}]}""")]
    [InlineData("""{"url":"URL","webhooks":[HOOK,{"jqlFilter":"project = A"}]}""")]
    [InlineData("""{"url":"URL","webhooks":[HOOK,{"events":"comment_created","jqlFilter":"project = A"}]}""")]
    [InlineData("""{"url":"URL","webhooks":[HOOK,{"events":["comment_created",null],"jqlFilter":"project = A"}]}""")]
    [InlineData("""{"url":"URL","webhooks":[HOOK,{"events":["comment_created"],"jqlFilter":1}]}""")]
    [InlineData("""{"url":"URL","webhooks":[HOOK,{"events":["comment_created"],"jqlFilter":"project = A","fieldIdsFilter":"summary"}]}""")]
    [InlineData("""{"url":"URL","webhooks":[HOOK,{"events":["comment_created"],"jqlFilter":"project = A","issuePropertyKeysFilter":[1]}]}""")]
    [InlineData("""{"url":"URL","webhooks":[HOOK,{"events":["comment_created"],"jqlFilter":"project = A","filter":"x"}]}""")]
    [InlineData("""{"url":"URL","webhooks":[HOOK],"secret":"x"}""")]
    [Trait("Rule", "invalid-requests")]
    public async Task Register_BodyOfAnotherShape_Is400AndRegistersNothing(string body)
    {
        var answer = await _harness.CallAsync(Globex, "POST", Operations, body.Replace("HOOK", Hook, StringComparison.Ordinal).Replace("URL", Callback, StringComparison.Ordinal));

        Assert.Equal(400, answer.Status);
        Assert.Empty(_harness.Site(Globex).Webhooks);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"webhookIds":null}""")]
    [InlineData("""{"webhookIds":1001}""")]
    [InlineData("""{"webhookIds":["1001"]}""")]
    [InlineData("""{"webhookIds":[1001.5]}""")]
    [InlineData("""{"webhookIds":[1001,null]}""")]
    [InlineData("""{"webhookIds":[1001,9223372036854775808]}""")]
    [Trait("Rule", "invalid-requests")]
    public async Task Ids_OfAnotherShape_Are400AndHaveNoEffect(string body)
    {
        Assert.Equal(1001, await _harness.RegisterAsync(Globex));

        Assert.Equal(400, (await _harness.CallAsync(Globex, "PUT", Operations + "/refresh", body)).Status);
        Assert.Equal(400, (await _harness.CallAsync(Globex, "DELETE", Operations, body)).Status);
        Assert.Equal(0, _harness.Site(Globex).Extensions);
        Assert.Null(_harness.Site(Globex).Webhooks.Single().DeletedAt);
    }

    [Theory]
    [InlineData("{JQL}", 200)]
    [InlineData("{JQL,\"maxResults\":0}", 400)]
    [InlineData("{JQL,\"maxResults\":\"5\"}", 400)]
    [InlineData("{JQL,\"maxResults\":3000000000}", 400)]
    [InlineData("{JQL,\"nextPageToken\":\"none of ours\"}", 400)]
    [InlineData("{JQL,\"fields\":\"summary\"}", 400)]
    [InlineData("{JQL,\"startAt\":0}", 400)]
    [Trait("Rule", "invalid-requests")]
    public async Task Search_BodyOfAnyShape_IsAnsweredByItsSchema(string body, int status) =>
        Assert.Equal(status, (await _harness.CallAsync(Acme, "POST", Search, body.Replace("JQL", Jql, StringComparison.Ordinal))).Status);

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"client_id":1}""")]
    public async Task Token_BodyOfAnotherShape_Is400(string body) => Assert.Equal(400, (await _harness.SendAsync("POST", "/oauth/token", null, body)).Status);
}
