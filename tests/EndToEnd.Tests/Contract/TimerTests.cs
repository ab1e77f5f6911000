using System.Text.Json;
using static EndToEnd.Tests.Contract.ContractSites;

namespace EndToEnd.Tests.Contract;

/// <summary>What the timers do, seen from outside: answers of the calls that do the same for one site, and messages of what was missed.</summary>
public sealed class TimerTests(ContractWorld world) : IClassFixture<ContractWorld>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Refresh_OfASite_TellsWhatItDid()
    {
        Assert.Equal("""busy=False extended=0 failed=0 registered=1 replaced=0 site="globex" soonestExpiry=""", await CallAsync("/api/sites/globex/refresh"));
        Assert.Equal("""busy=False extended=1 failed=0 registered=0 replaced=0 site="globex" soonestExpiry=""", await CallAsync("/api/sites/globex/refresh"));
        Assert.Equal("""busy=False extended=0 failed=1 problem= registered=0 replaced=0 site="stark" """.TrimEnd(), await CallAsync("/api/sites/stark/refresh"));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Recover_OfAConnectSite_PublishesItsFailedList()
    {
        var site = world.Jira.Sites.Single(site => site.Options.Slug == Globex);
        site.AddFailed(new("failed-1", "https://localhost/", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 2000, Delivery.Body));
        site.AddFailed(new("failed-2", "https://localhost/", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 1000, null));
        await world.DrainAsync();

        Assert.Equal("""busy=False cursor= isRepeat=False losses=[] possibleLoss=False recovered=2 repeated=0 site="globex" skipped=0 unfinished=False unsupported=False""", await CallAsync("/api/sites/globex/recover?minutes=5"));

        var messages = await world.DrainAsync();
        Assert.Equal(2, messages.Count);
        QueueMessages.AssertEqual(
            Recovered("failed-1", "10002", "jira:issue_updated", "\"cloudEvents_subject\": \"SHOP-2\", \"cloudEvents_time\": \"2023-11-14T22:13:20.123Z\", \"jira_webhook_ids\": \",1001,\""), Delivery.Body, messages[0]);
        QueueMessages.AssertEqual(Recovered("failed-2", "unknown", "unknown", "\"jira_body\": \"missing\", \"jira_unparsed\": true"), "", messages[1]);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Recover_OfAnOAuthSite_PublishesWhatASearchFinds()
    {
        world.Jira.Emit(Acme, "jira:issue_updated", """{"issue":{"id":"10009","key":"SHOP-9","fields":{}}}""");
        await world.DrainAsync();

        // The first call for the site renews its grant.
        using var held = world.Hold("/oauth/token");
        var recovering = CallAsync("/api/sites/acme/recover?minutes=5");
        await held.Come.WaitAsync(Token);
        await world.AssertRowAsync(Names.Table.Leases, "token", Acme, "Owner:String Seconds:Int64");
        held.Dispose();
        Assert.Equal("""busy=False isRepeat=False losses=[] note= possibleLoss=False recovered=1 repeated=0 searchedFrom= site="acme" skipped=0 unfinished=False unsupported=False""", await recovering);

        var message = Assert.Single(await world.DrainAsync());
        var updated = JsonDocument.Parse(Convert.FromBase64String(message.GetProperty("body").GetString()!)).RootElement.GetProperty("fields").GetProperty("updated").GetString()!;
        var at = DateTimeOffset.Parse(updated.Replace("+0000", "Z", StringComparison.Ordinal), null);
        QueueMessages.AssertEqual(
            $$"""
            {
              "messageId": "acme:{{Names.Search}}:10009:{{at.ToUnixTimeMilliseconds()}}", "sessionId": "acme:10009", "subject": "recovered:jira:issue_updated", "contentType": "application/json; charset=utf-8",
              "properties": {
                "cloudEvents_specversion": "1.0", "cloudEvents_id": "{{Names.Search}}:10009:{{at.ToUnixTimeMilliseconds()}}", "cloudEvents_source": "https://acme.atlassian.net",
                "cloudEvents_type": "recovered:jira:issue_updated", "cloudEvents_subject": "SHOP-9", "cloudEvents_time": "{{updated.Replace("+0000", "Z", StringComparison.Ordinal)}}",
                "site": "acme", "jira_issue_id": "10009", "jira_retry": 0, "jira_recovered": true, "jira_reconstructed": true
              }
            }
            """,
            $$$"""{"id":"10009","key":"SHOP-9","fields":{"updated":"{{{updated.Replace("+", "\\u002B", StringComparison.Ordinal)}}}"}}""",
            message);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Call_WhileAnotherRunIsAtTheSite_IsBusy()
    {
        using var held = world.Hold($"/sites/{Vandelay}/rest/api/3/webhook");
        var running = CallAsync("/api/sites/vandelay/refresh");
        await held.Come.WaitAsync(Token);

        Assert.Equal("""busy=True extended=0 failed=0 problem= registered=0 replaced=0 site="vandelay" """.TrimEnd(), await CallAsync("/api/sites/vandelay/refresh"));
        await world.AssertRowAsync(Names.Table.Leases, "refresh", Vandelay, "Owner:String Seconds:Int64");

        held.Dispose();
        Assert.Contains("busy=False", await running, StringComparison.Ordinal);
        Assert.Empty(await world.RowsAsync(Names.Table.Leases, "refresh"));
    }

    private async Task<string> CallAsync(string path)
    {
        using var response = await world.CallAsync("POST", path);
        Assert.Equal(200, (int)response.StatusCode);
        var body = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(Token));
        string[] varying = ["soonestExpiry", "problem", "cursor", "searchedFrom", "note"];
        return string.Join(' ', body.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal)
            .Select(property => $"{property.Name}={(varying.Contains(property.Name) ? "" : property.Value.ValueKind is JsonValueKind.String ? property.Value.GetRawText() : property.Value.ToString())}"));
    }

    private static string Recovered(string identifier, string session, string type, string properties) =>
        $$"""
        {
          "messageId": "globex:{{identifier}}", "sessionId": "globex:{{session}}", "subject": "{{type}}", "contentType": "application/json; charset=utf-8",
          "properties": {
            "cloudEvents_specversion": "1.0", "cloudEvents_id": "{{identifier}}", "cloudEvents_source": "https://globex.atlassian.net", "cloudEvents_type": "{{type}}",
            "site": "globex", "jira_retry": 0, "jira_recovered": true, "Diagnostic-Id": "W3C", {{QueueMessages.IssueOf(session)}}{{properties}}
          }
        }
        """;
}
