using Azure.Data.Tables;
using CsCheck;
using JiraWebhooks.Recovery;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Recovery;

public sealed class CursorTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Rule", "cursor-after-publish")]
    public void After_AnyRecords_OnlyAdvancesAndNeverBeyondNow() =>
        Gen.Select(Gen.Long[0, 1_700_000_000_000], Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 5], Gen.Long).Array[0, 50]).Sample((time, records) =>
        {
            var next = new Cursor(time).After(records, Now);
            Assert.True(next.Time >= time && next.Time <= Math.Max(time, Now.ToUnixTimeMilliseconds()));
        });

    [Fact]
    [Trait("Decision", "cursor-follows-publish")]
    public void After_AnyRecords_RemembersTheNewestThousandOnce() =>
        Gen.Int[0, 3000].Array[0, 40].Sample(blocks =>
        {
            var cursor = new Cursor(0);
            foreach (var block in blocks) cursor = cursor.After(Enumerable.Range(block, 60).Select(number => ($"id-{number}", 1L)), Now);

            Assert.True(cursor.Seen.Count <= Cursor.MaxSeen);
            Assert.Equal(cursor.Seen.Count, cursor.Seen.Distinct().Count());
            if (blocks.Length > 0) Assert.Equal($"id-{blocks[^1] + 59}", cursor.Seen[^1]);
        });

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Rule", "cursor-after-publish")]
    public async Task TryWrite_ThenRead_GivesTheSame(StorageKind kind)
    {
        var table = await TableAsync(kind);
        var cursor = new Cursor(1_700_000_000_123) { Seen = [.. Enumerable.Range(0, 1000).Select(number => $"{number:D4}\"{new string('x', 120)}☃")] };

        Assert.Null((await table.ReadAsync("acme", Token)).Cursor);
        Assert.NotNull(await table.TryWriteAsync("acme", cursor, Token));

        var read = (await table.ReadAsync("acme", Token)).Cursor!;
        Assert.Equal(cursor.Time, read.Time);
        Assert.Null(read.UnsupportedSince);
        Assert.Equal(cursor.Seen, read.Seen);
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Rule", "cursor-after-publish")]
    public async Task TryWrite_AnotherWroteSince_IsRefused(StorageKind kind)
    {
        var table = await TableAsync(kind);
        var first = (await table.TryWriteAsync("acme", new Cursor(1), Token))!;
        Assert.Null(await table.TryWriteAsync("acme", new Cursor(2), Token));
        var second = await table.TryWriteAsync("acme", first with { Time = 3 }, Token);

        Assert.NotNull(second);
        Assert.Null(await table.TryWriteAsync("acme", first with { Time = 4 }, Token));
        Assert.NotNull(await table.TryWriteAsync("acme", second with { Time = 5 }, Token));
        Assert.Equal(5, (await table.ReadAsync("acme", Token)).Cursor!.Time);
    }

    /// <summary>What was published before is then published again, and dropped by its MessageId.</summary>
    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("")]
    [Trait("Decision", "cursor-follows-publish")]
    public async Task Read_IdentifiersThatCannotBeRead_KeepsTheTime(string seen)
    {
        var tables = await new TestStorage(azurite).TablesAsync(StorageKind.Memory);
        var table = tables.GetTableClient("cursors");
        await table.CreateIfNotExistsAsync(Token);
        await table.UpsertEntityAsync(new TableEntity("acme", "cursor") { ["Time"] = 5L, ["Seen0"] = seen }, cancellationToken: Token);

        var read = (await new CursorTable(new LazyTable(tables, "cursors"), new StorageTime(TimeProvider.System)).ReadAsync("acme", Token)).Cursor!;

        Assert.Equal(5, read.Time);
        Assert.Empty(read.Seen);
    }

    /// <summary>A time that is no date, for example one in microseconds, would end every poll of the site.</summary>
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(1_700_000_000_000_000)]
    [Trait("Decision", "cursor-follows-publish")]
    public async Task Read_TimeThatIsNoDate_CountsAsMissing(long time)
    {
        var tables = await new TestStorage(azurite).TablesAsync(StorageKind.Memory);
        var table = tables.GetTableClient("cursors");
        await table.CreateIfNotExistsAsync(Token);
        await table.UpsertEntityAsync(new TableEntity("acme", "cursor") { ["Time"] = time }, cancellationToken: Token);

        Assert.Equal(0, (await new CursorTable(new LazyTable(tables, "cursors"), new StorageTime(TimeProvider.System)).ReadAsync("acme", Token)).Cursor!.Time);
    }

    /// <summary>A time that is not in the past of its row passes over failures that are still to come; a place that is not was not written by a poll.</summary>
    [Theory]
    [InlineData(-1L, null)]
    [InlineData(0L, 0L)]
    [InlineData(5_000_000_000_000L, null)]
    [Trait("Decision", "cursor-follows-publish")]
    public async Task Read_TimesAfterTheirRow_AreNotTaken(long readTo, long? expected)
    {
        var tables = await new TestStorage(azurite).TablesAsync(StorageKind.Memory);
        var table = tables.GetTableClient("cursors");
        await table.CreateIfNotExistsAsync(Token);
        await table.UpsertEntityAsync(new TableEntity("acme", "cursor") { ["Time"] = 5_000_000_000_000L, ["ReadTo"] = readTo }, cancellationToken: Token);
        var written = (await table.GetEntityIfExistsAsync<TableEntity>("acme", "cursor", cancellationToken: Token)).Value!.Timestamp!.Value;

        var read = (await new CursorTable(new LazyTable(tables, "cursors"), new StorageTime(TimeProvider.System)).ReadAsync("acme", Token)).Cursor!;

        Assert.Equal(written.ToUnixTimeMilliseconds(), read.Time);
        Assert.Equal(expected, read.ReadTo);
    }

    private async Task<CursorTable> TableAsync(StorageKind kind) => new(new LazyTable(await new TestStorage(azurite).TablesAsync(kind), "cursors"), new StorageTime(TimeProvider.System));
}
