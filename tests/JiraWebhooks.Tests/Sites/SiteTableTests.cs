using Azure.Data.Tables;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Sites;

public sealed class SiteTableTests(AzuriteFixture azurite)
{
    private static readonly StoredSite Globex = new()
    {
        Id = "globex",
        ActiveSince = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
        SecretRevision = "r1",
        Settings = new SiteOptions
        {
            Scheme = "Connect",
            Url = "https://globex.atlassian.net",
            Secret = "leak-1",
            PreviousSecret = "leak-2",
            RefreshToken = "leak-3",
            ApiToken = "leak-4",
            OwnAccountIds = ["5b10a2844c20165700ede21g"],
            Webhooks = { ["issues"] = new DeclaredWebhookOptions { Events = ["jira:issue_updated"], Jql = "project = SHOP" } },
        },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Rule", "secrecy")]
    public async Task Row_WrittenAndRead_IsTheSameWithoutItsSecrets(StorageKind kind)
    {
        var (tables, sites) = await TableAsync(kind);
        Assert.True(await sites.TryAddAsync(Globex with
        {
            Former = new FormerApp("client", "r0", Globex.ActiveSince.AddDays(3)),
            DisabledSince = Globex.ActiveSince.AddDays(1),
            DisabledReason = "moved",
            RemovedAt = Globex.ActiveSince.AddDays(2)
        }, Token));

        var read = (await sites.FindAsync("globex", Token))!;

        Assert.Equal("globex", read.Id);
        Assert.Equal("r1", read.SecretRevision);
        Assert.Equal(Globex.ActiveSince, read.ActiveSince);
        Assert.Equal(new FormerApp("client", "r0", Globex.ActiveSince.AddDays(3)), read.Former);
        Assert.Equal(Globex.ActiveSince.AddDays(1), read.DisabledSince);
        Assert.Equal("moved", read.DisabledReason);
        Assert.Equal(Globex.ActiveSince.AddDays(2), read.RemovedAt);
        Assert.Equal(["5b10a2844c20165700ede21g"], read.Settings.OwnAccountIds!);
        Assert.Equal("Connect", read.Settings.Scheme);
        Assert.Equal("project = SHOP", read.Settings.Webhooks["issues"].Jql);
        Assert.Equal(read.Version, Assert.Single(await sites.ListAsync(Token)).Version);
        await foreach (var row in tables.GetTableClient(TableNames.Sites).QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {"site"}"), cancellationToken: Token))
        {
            Assert.All(row, column => Assert.DoesNotContain("leak", column.Value?.ToString() ?? "", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task Row_OfAnotherVersion_IsNotTouched(StorageKind kind)
    {
        var (_, sites) = await TableAsync(kind);
        Assert.True(await sites.TryAddAsync(Globex, Token));
        Assert.False(await sites.TryAddAsync(Globex, Token));

        var read = (await sites.FindAsync("globex", Token))!;
        Assert.True(await sites.TryUpdateAsync(read with { SecretRevision = "r2" }, Token));
        Assert.False(await sites.TryUpdateAsync(read with { SecretRevision = "r3" }, Token));
        Assert.False(await sites.TryDeleteAsync(read, Token));

        var now = (await sites.FindAsync("globex", Token))!;
        Assert.Equal("r2", now.SecretRevision);
        Assert.True(await sites.TryDeleteAsync(now, Token));
        Assert.Null(await sites.FindAsync("globex", Token));
    }

    /// <summary>One property of a row holds 32 K characters, and a Connect app may have a hundred webhooks with long filters.</summary>
    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task Row_WithAHundredLongFilters_IsReadAsWritten(StorageKind kind)
    {
        var (_, sites) = await TableAsync(kind);
        var webhooks = Enumerable.Range(0, 100).ToDictionary(number => $"w{number}", number => new DeclaredWebhookOptions { Events = ["jira:issue_updated"], Jql = $"project = P{number} AND summary ~ {new string('x', 900)}" });

        Assert.True(await sites.TryAddAsync(Globex with { Settings = Globex.Settings with { Webhooks = webhooks } }, Token));
        var long1 = (await sites.FindAsync("globex", Token))!;
        Assert.Equal(webhooks.Select(webhook => webhook.Value.Jql), long1.Settings.Webhooks.Select(webhook => webhook.Value.Jql));

        Assert.True(await sites.TryUpdateAsync(long1 with { Settings = Globex.Settings }, Token));
        Assert.Equal(Globex.Settings.Webhooks.Keys, (await sites.FindAsync("globex", Token))!.Settings.Webhooks.Keys);
    }

    /// <summary>The caller would be told that another process changes the site, for ever.</summary>
    [Fact]
    public async Task TryAdd_TableIsGone_IsAnErrorAndNotALostRace()
    {
        var (tables, sites) = await TableAsync(StorageKind.Azurite);
        await sites.TryAddAsync(Globex, Token);
        await tables.GetTableClient(TableNames.Sites).DeleteAsync(Token);

        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => sites.TryAddAsync(Globex with { Id = "acme" }, Token));
    }

    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public async Task Row_SpoiltByHand_IsASiteWithNothingInIt()
    {
        var (tables, sites) = await TableAsync(StorageKind.Memory);
        await sites.TryAddAsync(Globex, Token);
        await tables.GetTableClient(TableNames.Sites).UpsertEntityAsync(new TableEntity("site", "globex") { ["Options"] = "{nonsense" }, TableUpdateMode.Replace, Token);

        Assert.Null(Assert.Single(await sites.ListAsync(Token)).Settings.Scheme);
    }

    /// <summary>During an update, older instances read rows of newer ones.</summary>
    [Fact]
    public async Task Row_WithASettingThatThisVersionDoesNotKnow_KeepsTheOthers()
    {
        var (tables, sites) = await TableAsync(StorageKind.Memory);
        await sites.TryAddAsync(Globex, Token);
        await tables.GetTableClient(TableNames.Sites).UpsertEntityAsync(
            new TableEntity("site", "globex") { ["Options"] = """{"scheme":"Connect","laterSetting":1,"webhooks":{"issues":{"jql":"project = SHOP","laterFilter":[]}}}""" }, TableUpdateMode.Replace, Token);

        var read = Assert.Single(await sites.ListAsync(Token)).Settings;
        Assert.Equal("Connect", read.Scheme);
        Assert.Equal("project = SHOP", read.Webhooks["issues"].Jql);
    }

    private async Task<(TableServiceClient Tables, SiteTable Sites)> TableAsync(StorageKind kind)
    {
        var tables = await new TestStorage(azurite).TablesAsync(kind);
        return (tables, new SiteTable(new LazyTable(tables, TableNames.Sites), new StorageTime(TimeProvider.System)));
    }
}
