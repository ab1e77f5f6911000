using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using JiraWebhooks.Health;
using JiraWebhooks.Recovery;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Health;

public sealed class SiteStatusTableTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
    private readonly FakeLogger<SiteStatusTable> _logs = new();
    private readonly SiteStatusTable _table;

    public SiteStatusTableTests() => _table = new SiteStatusTable(new LazyTable(new InMemoryTables(_clock), "status"), new StorageTime(_clock), _clock, _logs);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Save_RunThatFailed_KeepsWhatWasKnown()
    {
        var began = _clock.GetUtcNow();
        await _table.SaveAsync(new SitePoll("acme") { Cursor = began }, Token);
        _clock.Advance(TimeSpan.FromHours(1));
        await _table.SaveAsync(new SitePoll("acme") { Problem = "boom" }, Token);
        _clock.Advance(TimeSpan.FromHours(1));
        await _table.SaveAsync(new SitePoll("acme") { Problem = "boom" }, Token);

        var row = (await _table.ReadAsync("acme", Token))["poll"];

        Assert.Equal(began, row.GetDateTimeOffset("Cursor"));
        Assert.Equal(began, row.GetDateTimeOffset("OkAt"));
        Assert.Equal(began, row.GetDateTimeOffset("FirstAt"));
        Assert.Equal(began.AddHours(1), SiteStatusTable.ProblemSince(row));
        Assert.Equal(began.AddHours(2), row.GetDateTimeOffset("At"));
    }

    [Fact]
    public async Task Save_RunThatWentWellAndFoundNone_DropsWhatWasKnown()
    {
        var now = _clock.GetUtcNow();
        await _table.SaveAsync(new SiteRefresh("acme") { SoonestExpiry = now }, Token);
        await _table.SaveAsync(new SitePoll("acme") { Cursor = now }, Token);
        await _table.SaveAsync(new SiteRefresh("acme"), Token);
        await _table.SaveAsync(new SitePoll("acme") { Unsupported = true }, Token);

        var rows = await _table.ReadAsync("acme", Token);

        Assert.Null(rows["refresh"].GetDateTimeOffset("SoonestExpiry"));
        Assert.Null(rows["poll"].GetDateTimeOffset("Cursor"));
    }

    [Fact]
    public async Task Save_AfterAProblemHasPassed_ForgetsSinceWhen()
    {
        await _table.SaveAsync(new SitePoll("acme") { Problem = "boom" }, Token);
        await _table.SaveAsync(new SitePoll("acme"), Token);
        _clock.Advance(TimeSpan.FromHours(1));
        await _table.SaveAsync(new SitePoll("acme") { Problem = "again" }, Token);

        Assert.Equal(_clock.GetUtcNow(), SiteStatusTable.ProblemSince((await _table.ReadAsync("acme", Token))["poll"]));
    }

    /// <summary>Jira asks for an hour at most, and keeps a failed delivery for three days. An edit by hand must not move the turns of all sites.</summary>
    [Theory]
    [InlineData(3600L, 1)]
    [InlineData(345_600L, 24)]
    [InlineData(300_000_000_000L, 24)]
    [Trait("Rule", "rate-limits")]
    public async Task Turns_SiteWasAskedToWait_WaitsForADayAtMost(long seconds, int hours)
    {
        await _table.SaveAsync(new SitePoll("acme") { RetryAfter = TimeSpan.FromSeconds(seconds) }, Token);

        var (turns, _) = await _table.TurnsAsync([StubSites.OAuth], "poll", Token);

        var turn = Assert.Single(turns);
        Assert.Equal(_clock.GetUtcNow().AddHours(hours), turn.NotBefore);
    }

    [Theory]
    [InlineData(0, null, null, 60, true)]
    [InlineData(0, null, null, 600, false)]
    [InlineData(1, null, null, 60, false)]
    [InlineData(0, "boom", null, 60, false)]
    [InlineData(0, "boom", 120, 60, true)]
    [InlineData(0, "boom", 60, 60, false)]
    public async Task WasThere_AfterARun_DependsOnItsResult(int failed, string? problem, int? retryAfter, int secondsLater, bool expected)
    {
        var wait = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        await _table.SaveAsync(new SiteRefresh("acme") { Failed = failed, Problem = problem, RetryAfter = wait }, Token);
        _clock.Advance(TimeSpan.FromSeconds(secondsLater));

        Assert.Equal(expected, await _table.WasThereAsync("acme", "refresh", TimeSpan.FromMinutes(5), Token));
        Assert.False(await _table.WasThereAsync("acme", "poll", TimeSpan.FromMinutes(5), Token));
    }

    /// <summary>The timers' client waits for minutes, and the run's budget is spent by then: the host would end it all.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Save_StorageHangs_GivesUpAfterTenSeconds()
    {
        var table = new SiteStatusTable(new LazyTable(new HangingTables(), "status"), new StorageTime(_clock), _clock, _logs);
        var saving = table.SaveAsync(new SitePoll("acme"), CancellationToken.None);

        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(saving.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await saving.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("could not be saved", Assert.Single(_logs.Entries).Text, StringComparison.Ordinal);
    }

    private sealed class HangingTables : TableServiceClient
    {
        public override TableClient GetTableClient(string tableName) => new HangingTable();
    }

    private sealed class HangingTable : TableClient
    {
        public override async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new NotSupportedException();
        }
    }
}
