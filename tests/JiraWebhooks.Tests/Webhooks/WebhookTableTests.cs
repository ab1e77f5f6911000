using Azure.Data.Tables;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

public sealed class WebhookTableTests(AzuriteFixture azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Decision", "declared-webhooks")]
    public async Task Save_ThenList_GivesEachSiteItsOwn(StorageKind kind)
    {
        var table = new WebhookTable(new LazyTable(await new TestStorage(azurite).TablesAsync(kind), "webhooks"));
        await table.SaveAsync("acme", new WebhookRow("issues", long.MaxValue, "a"), Token);
        await table.SaveAsync("acme", new WebhookRow("comments", 2, "b"), Token);
        await table.SaveAsync("globex", new WebhookRow("issues", 3, "c"), Token);

        await table.SaveAsync("acme", new WebhookRow("comments", 4, "d"), Token);
        await table.DeleteAsync("globex", "issues", Token);
        await table.DeleteAsync("globex", "issues", Token);

        Assert.Equal([new("comments", 4, "d"), new("issues", long.MaxValue, "a")], await table.ListAsync("acme", Token));
        Assert.Empty(await table.ListAsync("globex", Token));
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task Save_WithAndWithoutRefusal_ListGivesIt(StorageKind kind)
    {
        var table = new WebhookTable(new LazyTable(await new TestStorage(azurite).TablesAsync(kind), "webhooks"));
        var refused = new WebhookRow("odd", 0, "") { Refusal = new Refusal("f", "The clause summary is unsupported") };
        var changed = new WebhookRow("issues", 2, "a") { Refusal = new Refusal("g", "Operator is not is unsupported") };
        await table.SaveAsync("acme", refused, Token);
        await table.SaveAsync("acme", [changed], Token);

        Assert.Equal([changed, refused], await table.ListAsync("acme", Token));

        await table.SaveAsync("acme", changed with { Refusal = null }, Token);

        Assert.Equal([changed with { Refusal = null }, refused], await table.ListAsync("acme", Token));
    }

    /// <summary>A row that was damaged by hand counts as one without a webhook, and a refusal without words is still a refusal.</summary>
    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task List_RowsWithoutColumns_AreNotCreated(StorageKind kind)
    {
        var tables = await new TestStorage(azurite).TablesAsync(kind);
        var table = new WebhookTable(new LazyTable(tables, "webhooks"));
        await table.SaveAsync("acme", new WebhookRow("whole", 1, "a"), Token);
        var rows = tables.GetTableClient("webhooks");
        await rows.UpsertEntityAsync(new TableEntity("acme", "empty"), TableUpdateMode.Replace, Token);
        await rows.UpsertEntityAsync(new TableEntity("acme", "refused") { ["RefusedDefinition"] = "f" }, TableUpdateMode.Replace, Token);

        var listed = await table.ListAsync("acme", Token);

        Assert.Equal([new("empty", 0, ""), new WebhookRow("refused", 0, "") { Refusal = new Refusal("f", "") }, new("whole", 1, "a")], listed);
        Assert.Equal(["whole"], listed.Where(row => row.IsCreated).Select(row => row.Name));
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Rule", "daily-refresh")]
    public async Task Save_Many_GivesThemWithWhenTheyWereSeen(StorageKind kind)
    {
        var table = new WebhookTable(new LazyTable(await new TestStorage(azurite).TablesAsync(kind), "webhooks"));
        var seen = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        var rows = Enumerable.Range(100, 150).Select(number => new WebhookRow($"more{number}", number, "a") { Seen = seen }).ToList();
        await table.SaveAsync("acme", new WebhookRow("more100", 1, "b"), Token);

        await table.SaveAsync("acme", [], Token);
        await table.SaveAsync("acme", rows, Token);

        Assert.Equal(rows, await table.ListAsync("acme", Token));
    }
}
