using JiraWebhooks.Storage;
using JiraWebhooks.Subscriptions;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Subscriptions;

public sealed class WebhookTableTests(AzuriteFixture azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task Save_ThenList_GivesEachSiteItsOwn_Decision10(StorageKind kind)
    {
        var table = new WebhookTable(new LazyTable(await new TestStorage(azurite).TablesAsync(kind), "webhooks"));
        await table.SaveAsync("acme", new CreatedWebhook("issues", long.MaxValue, "a"), Token);
        await table.SaveAsync("acme", new CreatedWebhook("comments", 2, "b"), Token);
        await table.SaveAsync("globex", new CreatedWebhook("issues", 3, "c"), Token);

        await table.SaveAsync("acme", new CreatedWebhook("comments", 4, "d"), Token);
        await table.DeleteAsync("globex", "issues", Token);
        await table.DeleteAsync("globex", "issues", Token);

        Assert.Equal([new("comments", 4, "d"), new("issues", long.MaxValue, "a")], await table.ListAsync("acme", Token));
        Assert.Empty(await table.ListAsync("globex", Token));
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task Save_Many_GivesThemWithWhenTheyWereSeen_Rule8(StorageKind kind)
    {
        var table = new WebhookTable(new LazyTable(await new TestStorage(azurite).TablesAsync(kind), "webhooks"));
        var seen = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        var rows = Enumerable.Range(100, 150).Select(number => new CreatedWebhook($"more{number}", number, "a") { Seen = seen }).ToList();
        await table.SaveAsync("acme", new CreatedWebhook("more100", 1, "b"), Token);

        await table.SaveAsync("acme", [], Token);
        await table.SaveAsync("acme", rows, Token);

        Assert.Equal(rows, await table.ListAsync("acme", Token));
    }
}
