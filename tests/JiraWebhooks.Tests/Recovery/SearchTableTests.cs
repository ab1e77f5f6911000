using JiraWebhooks.Recovery;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Recovery;

public sealed class SearchTableTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Rule", "search-instead")]
    public async Task State_WrittenAndRead_IsTheSameAndGuarded(StorageKind kind)
    {
        var table = new SearchTable(await CursorsAsync(kind), new StorageTime(TimeProvider.System));
        Assert.Null((await table.ReadAsync("acme", Token)).State);

        var begun = new SearchPass(PassKind.First, Now.AddHours(-3), Now, Now) { Watermark = Now.AddHours(-2), Floor = Now.AddHours(-2.5), Token = "behind-42" };
        var state = new SearchState(Now).For(["0123456789abcdef", "fedcba9876543210"]).With("0123456789abcdef", new FilterSearch
        {
            Passes = [begun, new SearchPass(PassKind.Late, Now.AddHours(-1), Now, Now.AddHours(12))],
            RefusedSince = Now.AddHours(-1),
        });
        var written = (await table.TryWriteAsync("acme", state, Token))!;
        var read = (await table.ReadAsync("acme", Token)).State!;

        Assert.Equal(state.WellUntil, read.WellUntil);
        Assert.Equal(2, read.Filters.Count);
        Assert.All(state.Filters, filter =>
        {
            Assert.Equal(filter.Value.Passes, read.Filters[filter.Key].Passes);
            Assert.Equal(filter.Value.RefusedSince, read.Filters[filter.Key].RefusedSince);
        });
        Assert.Null(await table.TryWriteAsync("acme", state, Token));
        Assert.NotNull(await table.TryWriteAsync("acme", written.For([]), Token));
        Assert.Null(await table.TryWriteAsync("acme", written with { WellUntil = Now.AddDays(1) }, Token));
        Assert.Empty((await table.ReadAsync("acme", Token)).State!.Filters);
    }

    /// <summary>A Connect app may have a hundred filters, each with all the passes that are kept.</summary>
    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task State_AsLargeAsItCanBe_FitsIntoItsRow(StorageKind kind)
    {
        var table = new SearchTable(await CursorsAsync(kind), new StorageTime(TimeProvider.System));
        SearchPass[] passes = [.. Enum.GetValues<PassKind>()
            .SelectMany(kind => Enumerable.Repeat(new SearchPass(kind, Now, Now, Now) { Watermark = Now, Floor = Now }, FilterSearch.MostOfAKind))];
        var state = new SearchState(Now) { Filters = Enumerable.Range(0, 100).ToDictionary(number => $"{number:x16}", _ => new FilterSearch { Passes = passes }) };

        Assert.NotNull(await table.TryWriteAsync("acme", state, Token));

        Assert.All((await table.ReadAsync("acme", Token)).State!.Filters.Values, filter => Assert.Equal(passes, filter.Passes));
    }

    /// <summary>What an earlier version of the app has begun is not forgotten when it is updated.</summary>
    [Fact]
    public async Task State_OfARowWithoutFilters_KeepsTheStartOfItsSearch()
    {
        var cursors = await CursorsAsync(StorageKind.Memory);
        await (await cursors.GetAsync(Token)).AddEntityAsync(new Azure.Data.Tables.TableEntity("acme", "search") { ["WellUntil"] = Now, ["From"] = Now.AddHours(-3), ["Reached"] = "{}" }, Token);

        Assert.Equal(Now.AddHours(-3), (await new SearchTable(cursors, new StorageTime(TimeProvider.System)).ReadAsync("acme", Token)).State!.Begun);
    }

    /// <summary>It may have contained an unfinished search, and must not stop the site until the table is edited.</summary>
    [Theory]
    [InlineData(null, "{}")]
    [InlineData("no time", "{}")]
    [InlineData("2026-11-01T00:00:00Z", "{")]
    [InlineData("2026-11-01T00:00:00Z", "null")]
    [InlineData("2026-11-01T00:00:00Z", """{"a":null}""")]
    [InlineData("2026-11-01T00:00:00Z", """{"a":{"Passes":null}}""")]
    [InlineData("2026-11-01T00:00:00Z", """{"a":{"Passes":[null]}}""")]
    [InlineData("2026-11-01T00:00:00Z", """{"a":{"Passes":[{"Kind":"First","From":"0001-01-01T00:00:00Z","To":"2026-11-01T00:00:00Z","Due":"2026-11-01T00:00:00Z"}]}}""")]
    public async Task State_ThatCannotBeRead_SearchesAgainFrom72HoursBefore(string? wellUntil, string filters)
    {
        var cursors = await CursorsAsync(StorageKind.Azurite);
        var table = await cursors.GetAsync(Token);
        await table.UpsertEntityAsync(new Azure.Data.Tables.TableEntity("acme", "search") { ["WellUntil"] = wellUntil, ["Filters0"] = filters }, Azure.Data.Tables.TableUpdateMode.Replace, Token);
        var written = (await table.GetEntityAsync<Azure.Data.Tables.TableEntity>("acme", "search", cancellationToken: Token)).Value;

        var state = (await new SearchTable(cursors, new StorageTime(TimeProvider.System)).ReadAsync("acme", Token)).State!;

        Assert.Equal(written.Timestamp!.Value.AddHours(-72), state.WellUntil);
        Assert.Empty(state.Filters);
        Assert.Equal(written.ETag, state.Version);
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Rule", "search-instead")]
    public async Task Outage_FromFailureToItsEnd_IsKeptAndPutAway(StorageKind kind)
    {
        var clock = new FakeTimeProvider(Now.AddDays(-1));
        var table = new OutageTable(await CursorsAsync(kind), new StorageTime(clock, clock));
        await table.RecordAcceptedAsync("acme", clock.GetTimestamp(), Token);
        Assert.Null(await table.ReadAsync("acme", Token));

        var first = clock.GetUtcNow();
        await table.RecordFailureAsync("acme", clock.GetTimestamp(), null, Token);
        clock.Advance(TimeSpan.FromMinutes(5));
        await table.RecordFailureAsync("acme", clock.GetTimestamp(), null, Token);
        var open = (await table.ReadAsync("acme", Token))!;
        Assert.Equal(first, open.From);
        Assert.Equal(first.AddMinutes(5), open.Last);
        Assert.Null(open.Accepted);
        Assert.False(open.Unended);

        await table.SettleAsync("acme", open, Token);
        var unended = (await table.ReadAsync("acme", Token))!;
        Assert.Null(unended.From);
        Assert.Null(unended.Last);
        Assert.True(unended.Unended);

        clock.Advance(TimeSpan.FromHours(2));
        await table.RecordFailureAsync("acme", clock.GetTimestamp(), null, Token);
        clock.Advance(TimeSpan.FromHours(1));
        await table.RecordAcceptedAsync("acme", clock.GetTimestamp(), Token);
        var ended = (await table.ReadAsync("acme", Token))!;
        Assert.Equal(clock.GetUtcNow().AddHours(-1), ended.From);
        Assert.True(ended.Unended);
        Assert.True(ended.HasEnded);

        await table.SettleAsync("acme", unended, Token);
        Assert.NotNull(await table.ReadAsync("acme", Token));
        await table.SettleAsync("acme", ended, Token);
        Assert.Null(await table.ReadAsync("acme", Token));
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Rule", "no-orphans")]
    public async Task Missing_RecordedTwice_KeepsTheEarlierAndGoesOnlyAsItWasRead(StorageKind kind)
    {
        var table = new OutageTable(await CursorsAsync(kind), new StorageTime(TimeProvider.System));
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
