using JiraWebhooks.FailedDeliveries;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.FailedDeliveries;

public sealed class SweepTablesTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task State_WrittenAndRead_IsTheSameAndGuarded_Rule32(StorageKind kind)
    {
        var table = new SweepTable(await CursorsAsync(kind));
        Assert.Null(await table.ReadAsync("acme", Token));

        var state = new SweepState(Now) { From = Now.AddHours(-3), Reached = new Dictionary<string, long> { ["0123456789abcdef"] = 42, ["fedcba9876543210"] = long.MaxValue } };
        var written = (await table.TryWriteAsync("acme", state, Token))!;
        var read = (await table.ReadAsync("acme", Token))!;

        Assert.Equal((state.WellUntil, state.From), (read.WellUntil, read.From));
        Assert.Equal(state.Reached, read.Reached);
        Assert.Null(await table.TryWriteAsync("acme", state, Token));
        Assert.NotNull(await table.TryWriteAsync("acme", written with { From = null }, Token));
        Assert.Null(await table.TryWriteAsync("acme", written with { WellUntil = Now.AddDays(1) }, Token));
        Assert.Null((await table.ReadAsync("acme", Token))!.From);
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task Outage_FromFailureToItsEnd_IsKeptAndPutAway_Rule32(StorageKind kind)
    {
        var table = new OutageTable(await CursorsAsync(kind));
        await table.RecordAcceptedAsync("acme", Now, Token);
        Assert.Null(await table.ReadAsync("acme", Token));

        await table.RecordFailureAsync("acme", Now, Now, Token);
        await table.RecordFailureAsync("acme", Now.AddMinutes(5), Now.AddMinutes(5), Token);
        var open = (await table.ReadAsync("acme", Token))!;
        Assert.Equal((Now, Now.AddMinutes(5), null, false), (open.From, open.Last, open.Accepted, open.Unended));

        await table.SettleAsync("acme", open, Token);
        var unended = (await table.ReadAsync("acme", Token))!;
        Assert.Equal((null, null, true), (unended.From, unended.Last, unended.Unended));

        await table.RecordFailureAsync("acme", Now.AddHours(2), Now.AddHours(2), Token);
        await table.RecordAcceptedAsync("acme", Now.AddHours(3), Token);
        var ended = (await table.ReadAsync("acme", Token))!;
        Assert.Equal((Now.AddHours(2), true, true), (ended.From, ended.Unended, ended.HasEnded));

        await table.SettleAsync("acme", unended, Token);
        Assert.NotNull(await table.ReadAsync("acme", Token));
        await table.SettleAsync("acme", ended, Token);
        Assert.Null(await table.ReadAsync("acme", Token));
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task Missing_RecordedTwice_KeepsTheEarlierAndGoesOnlyAsItWasRead_Rule5(StorageKind kind)
    {
        var table = new OutageTable(await CursorsAsync(kind));
        await table.RecordMissingAsync("acme", Now, Token);
        var first = (await table.MissingAsync("acme", Token))!;
        await table.RecordMissingAsync("acme", Now.AddHours(1), Token);

        await table.SettleAsync("acme", first, Token);
        var second = (await table.MissingAsync("acme", Token))!;
        Assert.Equal(Now, second.From);

        await table.SettleAsync("acme", second, Token);
        Assert.Null(await table.MissingAsync("acme", Token));
        Assert.Null(await table.ReadAsync("acme", Token));
    }

    private async Task<LazyTable> CursorsAsync(StorageKind kind) => new(await new TestStorage(azurite).TablesAsync(kind), TableNames.Cursors);
}
