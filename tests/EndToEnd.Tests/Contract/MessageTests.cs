using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using static EndToEnd.Tests.Contract.ContractSites;

namespace EndToEnd.Tests.Contract;

/// <summary>What a subscriber gets of a delivery: every property of a message.</summary>
public sealed class MessageTests(ContractWorld world) : IClassFixture<ContractWorld>
{
    private const string Initechs = "\"cloudEvents_specversion\": \"1.0\", \"cloudEvents_source\": \"https://initech.atlassian.net\", \"site\": \"initech\", \"Diagnostic-Id\": \"W3C\"";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Message_OfAnIssue_HasItsIdentityAndOrigin()
    {
        // The first delivery with webhook ids reads which ids are known, and does not wait for that for long.
        JsonElement message;
        do
        {
            await DeliverAsync(Delivery.To(Acme, headers: [Delivery.Bearer(world.Site(Acme)), ("X-Atlassian-Webhook-Flow", "Primary")]));
            message = Assert.Single(await world.DrainAsync());
        }
        while (!message.GetProperty("properties").TryGetProperty("jira_unknown_webhook", out _));

        QueueMessages.AssertEqual(
            $$"""
            {
              "messageId": "acme:{{Delivery.Identifier}}",
              "sessionId": "acme:10002",
              "subject": "jira:issue_updated",
              "contentType": "application/json; charset=utf-8",
              "properties": {
                "cloudEvents_specversion": "1.0",
                "cloudEvents_id": "{{Delivery.Identifier}}",
                "cloudEvents_source": "https://acme.atlassian.net",
                "cloudEvents_type": "jira:issue_updated",
                "cloudEvents_subject": "SHOP-2",
                "cloudEvents_time": "2023-11-14T22:13:20.123Z",
                "site": "acme",
                "jira_issue_id": "10002",
                "jira_retry": 0,
                "jira_flow": "Primary",
                "jira_webhook_ids": ",1001,",
                "jira_unknown_webhook": true,
                "Diagnostic-Id": "W3C"
              }
            }
            """,
            Delivery.Body,
            message);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Message_OfARetryOfABulkChange_SaysSo()
    {
        const string Body = """{"webhookEvent":"jira:issue_deleted","issue":{"id":"3","key":"A-3"}}""";
        await DeliverAsync(Body, ("X-Atlassian-Webhook-Retry", "3"), ("X-Atlassian-Webhook-Flow", "Secondary"));

        await AssertOneAsync(Message(Delivery.Identifier, "3", "jira:issue_deleted", "\"cloudEvents_subject\": \"A-3\", \"jira_flow\": \"Secondary\", \"jira_retry\": 3"), Body);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Message_OfAChangeByTheAppWithLinksElsewhere_SaysBoth()
    {
        const string Body = $$$"""{"webhookEvent":"jira:issue_updated","user":{"accountId":"{{{OwnAccount}}}","self":"https://other.atlassian.net/rest/api/2/user?accountId=1"},"issue":{"id":"4"}}""";
        await DeliverAsync(Delivery.To(Acme, Body, Delivery.Bearer(world.Site(Acme))));

        await AssertOneAsync(
            Message(Delivery.Identifier, "4", "jira:issue_updated", "\"jira_own_change\": true, \"jira_site_mismatch\": true, \"jira_retry\": 0").Replace(Initech, Acme, StringComparison.Ordinal), Body);
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("""{"webhookEvent":"worklog_created","worklog":{"issueId":"77"}}""", "77", "worklog_created")]
    [InlineData("""{"webhookEvent":"jira:version_released","version":{"id":"9"}}""", "version", "jira:version_released")]
    [InlineData("""{"webhookEvent":"sprint_started","sprint":{"id":5}}""", "sprint", "sprint_started")]
    public async Task Message_WithoutAnIssue_HasASessionAllTheSame(string body, string session, string type)
    {
        await DeliverAsync(body);

        await AssertOneAsync(Message(Delivery.Identifier, session, type, "\"jira_retry\": 0"), body);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Message_OfABodyThatIsNoJsonAndHasNoIdentifier_IsThere()
    {
        using (var request = Delivery.To(Initech, "no JSON", Delivery.Hub(world.Site(Initech).Secret, "no JSON"), ("Content-Type", "text/plain")))
        {
            request.Headers.Remove("X-Atlassian-Webhook-Identifier");
            await DeliverAsync(request);
        }

        const string Identifier = "hash-b173622b73ff70103cfcb6410dcefccae18604117859db780252c3572c88e5c8";
        await AssertOneAsync(
            Message(Identifier, "unknown", "unknown", "\"jira_unparsed\": true, \"jira_retry\": 0").Replace("application/json; charset=utf-8", "text/plain", StringComparison.Ordinal), "no JSON");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Message_WithALongIdentifier_HasItsHashAsIdentity()
    {
        var identifier = new string('i', 200);
        await DeliverAsync("{\"webhookEvent\":\"comment_created\"}", ("X-Atlassian-Webhook-Identifier", identifier));

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identifier)));
        await AssertOneAsync(
            Message(identifier, "comment", "comment_created", "\"jira_retry\": 0").Replace($"\"messageId\": \"initech:{identifier}\"", $"\"messageId\": \"initech:{hash}\"", StringComparison.Ordinal),
            "{\"webhookEvent\":\"comment_created\"}");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Message_OfALargeBody_RefersToABlob()
    {
        var body = $$"""{"webhookEvent":"jira:issue_updated","issue":{"id":"5"},"text":"{{new string('x', 40_000)}}"}""";
        await DeliverAsync(body);

        var name = "initech/" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"initech:{Delivery.Identifier}")));
        var blob = new BlobContainerClient(world.Storage, Names.Storage.Bodies).GetBlobClient(name);
        var stored = await blob.DownloadContentAsync(Token);
        Assert.Equal(body, stored.Value.Content.ToString());
        Assert.Equal("application/json; charset=utf-8", stored.Value.Details.ContentType);
        await AssertOneAsync(Message(Delivery.Identifier, "5", "jira:issue_updated", $"\"jira_retry\": 0, \"cloudEvents_dataref\": \"{blob.Uri}\""), "");
    }

    private static string Message(string identifier, string session, string type, string properties) =>
        $$"""
        {
          "messageId": "initech:{{identifier}}", "sessionId": "initech:{{session}}", "subject": "{{type}}", "contentType": "application/json; charset=utf-8",
          "properties": { {{Initechs}}, "cloudEvents_id": "{{identifier}}", "cloudEvents_type": "{{type}}", {{QueueMessages.IssueOf(session)}}{{properties}} }
        }
        """;

    private Task DeliverAsync(string body, params (string Name, string Value)[] headers) =>
        DeliverAsync(Delivery.To(Initech, body, [Delivery.Hub(world.Site(Initech).Secret, body), .. headers]));

    private async Task DeliverAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await world.Stranger.SendAsync(request, Token);
            Assert.Equal(200, (int)response.StatusCode);
        }
    }

    private async Task AssertOneAsync(string expected, string body) => QueueMessages.AssertEqual(expected, body, Assert.Single(await world.DrainAsync()));
}
