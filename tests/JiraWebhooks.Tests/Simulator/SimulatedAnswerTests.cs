using System.Text.Json;
using JiraSimulator;
using static JiraWebhooks.Tests.Simulator.SimulatorHarness;

namespace JiraWebhooks.Tests.Simulator;

/// <summary>Every answer of the simulated operations fits Atlassian's schema of it.</summary>
[Collection<Clocked>]
public sealed class SimulatedAnswerTests : IAsyncLifetime
{
    private SimulatorHarness _harness = null!;

    public async ValueTask InitializeAsync()
    {
        _harness = await StartAsync();
        foreach (var site in _harness.Jira.Sites) site.Dates = DateForm.Number;
    }

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData(Acme)]
    [InlineData(Globex)]
    [Trait("Rule", "absent-values")]
    public async Task Operations_OfAnApp_AnswerAsTheSchemaSays(string site)
    {
        var registered = await _harness.CallAsync(site, "POST", Operations, $$"""{"url":"{{Callback}}","webhooks":[{"events":["comment_created"],"jqlFilter":"project = A"},{"events":["comment_created"],"jqlFilter":""}]}""");
        await _harness.RegisterAsync(site, ""","fieldIdsFilter":["summary"]""");
        await _harness.RegisterAsync(site, ""","issuePropertyKeysFilter":["key"]""");
        var first = await _harness.CallAsync(site, "GET", Operations + "?maxResults=2");
        var last = await _harness.CallAsync(site, "GET", Operations + "?startAt=2&maxResults=2");
        var after = await _harness.CallAsync(site, "GET", Operations + "?startAt=9");
        var ids = JsonSerializer.Serialize(new { webhookIds = _harness.Site(site).Webhooks.Select(webhook => webhook.Id) });
        var refreshed = await _harness.CallAsync(site, "PUT", Operations + "/refresh", ids);
        var deleted = await _harness.CallAsync(site, "DELETE", Operations, ids);

        Fits(200, Schema.ContainerForRegisteredWebhooks, registered);
        Fits(200, Schema.PageBeanWebhook, first);
        Fits(200, Schema.PageBeanWebhook, last);
        Fits(200, Schema.PageBeanWebhook, after);
        Fits(200, Schema.WebhooksExpirationDate, refreshed);
        Assert.Equal(202, deleted.Status);
        Assert.Equal(JsonValueKind.Undefined, deleted.Json.ValueKind);
        Assert.Equal([2, 1, 0], new[] { first, last, after }.Select(page => page.Json.GetProperty("values").GetArrayLength()));
        Assert.Equal([true, false, false], new[] { first, last, after }.Select(page => page.Json.TryGetProperty("nextPage", out _)));
        Assert.False(first.Json.GetProperty("values")[0].TryGetProperty("fieldIdsFilter", out _));
    }

    [Fact]
    [Trait("Rule", "absent-values")]
    public async Task Failed_WithAndWithoutRecords_AnswersAsTheSchemaSays()
    {
        var empty = await _harness.CallAsync(Globex, "GET", Operations + "/failed");
        var now = _harness.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        _harness.Site(Globex).AddFailed(new FailedRecord("a", Callback, now, "{}"));
        _harness.Site(Globex).AddFailed(new FailedRecord("b", Callback, now, null));
        var filled = await _harness.CallAsync(Globex, "GET", Operations + "/failed?maxResults=5&after=0");

        Fits(200, Schema.FailedWebhooks, empty);
        Fits(200, Schema.FailedWebhooks, filled);
        Assert.False(empty.Json.TryGetProperty("next", out _));
        Assert.True(filled.Json.TryGetProperty("next", out _));
        Assert.Equal([true, false], filled.Json.GetProperty("values").EnumerateArray().Select(record => record.TryGetProperty("body", out _)));
    }

    [Theory]
    [InlineData("POST", Operations, "{}", 400)]
    [InlineData("GET", Operations + "?startAt=abc", null, 400)]
    [InlineData("PUT", Operations, "{}", 405)]
    public async Task Errors_OfASite_AreAnErrorCollection(string method, string path, string? body, int status) =>
        Fits(status, Schema.ErrorCollection, await _harness.CallAsync(Globex, method, path, body));

    /// <summary>Schema and documentation differ about dates.</summary>
    [Theory]
    [InlineData(DateForm.Number, "1702592000000")]
    [InlineData(DateForm.Text, "\"2023-12-14T22:13:20.000+0000\"")]
    [Trait("Rule", "expiry-dates")]
    public async Task Dates_InTheFormOfTheSite_AreInEveryAnswer(DateForm form, string expected)
    {
        _harness.Site(Acme).Dates = form;
        var id = await _harness.RegisterAsync(Acme);

        var listed = await _harness.CallAsync(Acme, "GET", Operations);
        var refreshed = await _harness.CallAsync(Acme, "PUT", Operations + "/refresh", $$"""{"webhookIds":[{{id}}]}""");

        Assert.Equal([expected, expected], new[] { listed.Json.GetProperty("values")[0], refreshed.Json }.Select(found => Unescaped(found.GetProperty("expirationDate"))));
    }

    private static string Unescaped(JsonElement date) => date.ValueKind is JsonValueKind.String ? $"\"{date.GetString()}\"" : date.GetRawText();

    private static void Fits(int status, Schema schema, Answer answer)
    {
        Assert.Equal(status, answer.Status);
        Assert.Null(schema.Error(answer.Json));
    }
}
