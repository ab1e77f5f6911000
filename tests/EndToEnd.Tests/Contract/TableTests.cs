using System.Text.Json;
using Azure.Data.Tables;
using static EndToEnd.Tests.Contract.ContractSites;

namespace EndToEnd.Tests.Contract;

/// <summary>The rows that the timers and the receiver write, by table, row and columns with their types. Rows of an earlier version are read.
/// Those of sites and consents are in <see cref="SiteRowTests"/> and <see cref="OnboardingTests"/>, leases in <see cref="TimerTests"/>.</summary>
public sealed class TableTests(ContractWorld world) : IClassFixture<ContractWorld>
{
    private const string AnyTime = "At:DateTimeOffset FirstAt:DateTimeOffset";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Webhook_ThatWasCreated_IsKnownById()
    {
        await CallAsync("/api/sites/globex/refresh");

        await world.AssertRowAsync(Names.Table.Webhooks, Globex, "issues", "Definition:String Seen:DateTimeOffset WebhookId:Int64");
        var row = Assert.Single(await world.RowsAsync(Names.Table.Webhooks, Globex));
        Assert.Equal(world.Jira.Sites.Single(site => site.Options.Slug == Globex).Webhooks.Single().Id, row.GetInt64("WebhookId"));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Status_OfASite_HasARowForEachKindOfWork()
    {
        await CallAsync("/api/sites/globex/refresh");
        await CallAsync("/api/sites/globex/recover?minutes=5");
        await CallAsync("/api/sites/stark/refresh");
        Assert.Equal(200, await DeliverAsync(Delivery.To(Initech, headers: Delivery.Hub(world.Site(Initech).Secret))));
        await world.JsonAsync("/api/sites/initech");

        await world.AssertRowAsync(Names.Table.Status, Globex, "refresh", $"{AnyTime} OkAt:DateTimeOffset Problem:String SoonestExpiry:DateTimeOffset Version:String");
        await world.AssertRowAsync(Names.Table.Status, Globex, "poll", "At:DateTimeOffset Cursor:DateTimeOffset FirstAt:DateTimeOffset OkAt:DateTimeOffset Problem:String");
        await world.AssertRowAsync(Names.Table.Status, Stark, "refresh", $"{AnyTime} Problem:String ProblemSince:DateTimeOffset");
        await world.AssertRowAsync(Names.Table.Status, Initech, "delivery", $"{AnyTime} LastDelivery:DateTimeOffset OkAt:DateTimeOffset Problem:String");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Cursor_OfAFailedList_IsReadWrittenAndClosed()
    {
        var old = TimeProvider.System.GetUtcNow().AddHours(-80).ToUnixTimeMilliseconds();
        await SeedAsync(new(Vandelay, Names.Table.CursorRow) { ["Time"] = old, ["Seen0"] = "[\"vandelay:failed-1\"]" });
        var site = world.Jira.Sites.Single(site => site.Options.Slug == Vandelay);
        site.AddFailed(new("failed-1", "https://localhost/", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 1000, Delivery.Body));
        site.AddFailed(new("failed-2", "https://localhost/", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), Delivery.Body));

        var answer = await CallAsync("/api/sites/vandelay/recover?minutes=5");

        foreach (var part in new[] { "\"recovered\":1,", "\"skipped\":1,", "\"possibleLoss\":true", "\"reason\":\"old_cursor\"" }) Assert.Contains(part, answer, StringComparison.Ordinal);
        await world.AssertRowAsync(Names.Table.Cursors, Vandelay, Names.Table.CursorRow, "Seen0:String Time:Int64");
        Assert.Contains(await world.Collector.ReadAsync(Token), series => series is { Key: { Name: "jira.failed.possible_loss", Tags: "reason=old_cursor,site=vandelay", Kind: "sum", Unit: "{loss}" }, Value: 1 });

        site.Faults.FailNext("GET /rest/api/3/webhook/failed", 403);
        Assert.Contains("\"unsupported\":true", await CallAsync("/api/sites/vandelay/recover?minutes=5"), StringComparison.Ordinal);
        await world.AssertRowAsync(Names.Table.Cursors, Vandelay, Names.Table.CursorRow, "Seen0:String Time:Int64 UnsupportedSince:DateTimeOffset");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Search_UnderWay_IsRemembered()
    {
        using var held = world.Hold("/search/jql");
        var searching = CallAsync("/api/sites/acme/recover?minutes=5");
        await held.Come.WaitAsync(Token);
        await world.AssertRowAsync(Names.Table.Cursors, Acme, Names.Table.SearchRow, "Filters0:String WellUntil:DateTimeOffset");

        held.Dispose();
        await searching;
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Search_OfAnEarlierVersion_GoesOn()
    {
        var from = TimeProvider.System.GetUtcNow().AddHours(-1);
        await SeedAsync(new(Acme, Names.Table.SearchRow) { ["WellUntil"] = from.AddMinutes(50), ["From"] = from, ["Reached"] = "{}" });

        var answer = JsonSerializer.Deserialize<JsonElement>(await CallAsync("/api/sites/acme/recover?minutes=5"));

        Assert.Equal(from, answer.GetProperty("searchedFrom").GetDateTimeOffset());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Outage_OfASite_BeginsEndsAndIsSettled()
    {
        Assert.Equal(503, await DeliverAsync(Delivery.To(Stark, headers: Delivery.Bearer(world.Site(Stark), expiresIn: TimeSpan.FromMinutes(-5)))));
        await UntilAsync(async () => (await world.RowsAsync(Names.Table.Cursors, Stark)).Count > 0);
        await world.AssertRowAsync(Names.Table.Cursors, Stark, Names.Table.OutageRow, "From:DateTimeOffset Last:DateTimeOffset");

        await UntilAsync(async () => (await world.RowsAsync(Names.Table.Status, Stark)).Any(row => row.RowKey == "clock"));
        await world.AssertRowAsync(Names.Table.Status, Stark, "clock", $"{AnyTime} LateAt:DateTimeOffset Problem:String ProblemSince:DateTimeOffset");

        Assert.Equal(200, await DeliverAsync(Delivery.To(Stark, headers: Delivery.Bearer(world.Site(Stark)))));
        await UntilAsync(async () => (await world.RowsAsync(Names.Table.Cursors, Stark)).Single().ContainsKey("Accepted"));
        await world.AssertRowAsync(Names.Table.Cursors, Stark, Names.Table.OutageRow, "Accepted:DateTimeOffset From:DateTimeOffset Last:DateTimeOffset");

        var now = TimeProvider.System.GetUtcNow();
        await SeedAsync(new(Acme, Names.Table.OutageRow) { ["From"] = now.AddHours(-2), ["Last"] = now.AddHours(-1) });
        await CallAsync("/api/sites/acme/recover?minutes=5");
        await world.AssertRowAsync(Names.Table.Cursors, Acme, Names.Table.OutageRow, "Unended:Boolean");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Webhooks_ThatWereGone_AreRecordedUntilTheSearch()
    {
        var site = world.Jira.Sites.Single(site => site.Options.Slug == Acme);
        await CallAsync("/api/sites/acme/refresh");
        site.Delete(site.Webhooks.Select(webhook => webhook.Id));
        await UntilAsync(() => Task.FromResult(site.Webhooks.Count == 0));

        Assert.Contains("\"registered\":1", await CallAsync("/api/sites/acme/refresh"), StringComparison.Ordinal);
        await world.AssertRowAsync(Names.Table.Cursors, Acme, Names.Table.MissingRow, "From:DateTimeOffset");

        await CallAsync("/api/sites/acme/recover?minutes=5");
        Assert.DoesNotContain(await world.RowsAsync(Names.Table.Cursors, Acme), row => row.RowKey == Names.Table.MissingRow);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Site_WhoseRowIsLost_IsKnownByItsDeliveries()
    {
        Assert.Equal(503, await DeliverAsync(Delivery.To("lost", headers: Delivery.Bearer(world.Site(Acme)))));
        await UntilAsync(async () => (await world.RowsAsync(Names.Table.Sites, "absent")).Count > 0);

        await world.AssertRowAsync(Names.Table.Sites, "absent", "lost", "MissingSince:DateTimeOffset SeenAt:DateTimeOffset");

        // A change of any site has the process read the table again.
        await world.AssertAnswersAsync(
            ("PUT", "/api/sites/pied", new { scheme = "AdminWebhook", url = "https://pied.atlassian.net", secret = "a-secret" }, 201),
            ("DELETE", "/api/sites/lost", null, 204));
        await world.AssertRowAsync(Names.Table.Sites, "absent", "lost", "ErasedAt:DateTimeOffset");
        Assert.Equal(401, await DeliverAsync(Delivery.To("lost", headers: Delivery.Bearer(world.Site(Acme)))));
    }

    private static async Task UntilAsync(Func<Task<bool>> happened)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (!await happened()) await look.WaitForNextTickAsync(Token);
    }

    private async Task SeedAsync(TableEntity row)
    {
        var table = new TableClient(world.Storage, Names.Table.Cursors);
        await table.CreateIfNotExistsAsync(Token);
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, Token);
    }

    private async Task<string> CallAsync(string path)
    {
        using var response = await world.CallAsync("POST", path);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private async Task<int> DeliverAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await world.Stranger.SendAsync(request, Token);
            return (int)response.StatusCode;
        }
    }
}
