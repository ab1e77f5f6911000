using Azure.Data.Tables;
using JiraWebhooks.Recovery;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Recovery;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Health;

/// <summary>A host saves something while its clock is wrong: nothing is given up too soon or done too late. Rows with 0 are
/// controls: the same with a right clock.</summary>
[Collection<Clocked>]
[Trait("Decision", "storage-has-the-clock")]
public sealed class WrongClockOnceTests : IAsyncLifetime
{
    private const string Search = "POST /rest/api/2/search/jql";
    private const string FailedList = "GET /rest/api/3/webhook/failed";
    private const string NoProject = """{"errorMessages":["The value 'SHOP' does not exist for the field 'project'."]}""";

    private World _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 25)]
    [InlineData(-25, 0)]
    public async Task Poll_FilterRefusedTwiceInAQuarterOfAnHour_IsNotGivenUp(int hoursAheadAtFirst, int hoursAheadThen)
    {
        await _world.PollAsync();
        _world.Emit(World.Acme, 3);
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(26), receiverIsDown: true, timerIsDown: true);
        _world.Site(World.Acme).Faults.FailNext(Search, 400, times: 2, body: NoProject);
        _world.Ours.Ahead = TimeSpan.FromHours(hoursAheadAtFirst);
        await _world.PollAsync(World.Acme);
        _world.Clock.Advance(OutageWorld.Tick);
        _world.Ours.Ahead = TimeSpan.FromHours(hoursAheadThen);
        await _world.PollAsync(World.Acme);
        _world.Ours.Ahead = TimeSpan.Zero;
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(24));

        Assert.Empty(_world.LostIssues(World.Acme));
    }

    // No poll before; the first one is answered 403.
    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(120)]
    public async Task Poll_FirstOneGot403WithAClockAhead_RecoversWhatFailed(int hoursAhead)
    {
        var failed = await _world.FailAsync(World.Globex, 3);
        _world.Clock.Advance(TimeSpan.FromHours(20));
        _world.Site(World.Globex).Faults.FailNext(FailedList, 403);
        _world.Ours.Ahead = TimeSpan.FromHours(hoursAhead);
        await _world.PollAsync();
        _world.Ours.Ahead = TimeSpan.Zero;
        _world.Site(World.Globex).Faults.Clear();
        var later = await _world.FailAsync(World.Globex, 2);
        _world.Clock.Advance(TimeSpan.FromHours(2));

        await _world.PollAsync();

        _world.AssertRecovered([.. failed, .. later]);
    }

    [Fact]
    public async Task Cursor_LaterThanItsRow_IsReadAsTheTimeOfTheRow()
    {
        var storage = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        var table = new CursorTable(new LazyTable(new InMemoryTables(storage), "cursors"), new StorageTime(storage));
        await table.TryWriteAsync("globex", new Cursor(storage.GetUtcNow().AddDays(2).ToUnixTimeMilliseconds()), Token);

        Assert.Equal(storage.GetUtcNow().ToUnixTimeMilliseconds(), (await table.ReadAsync("globex", Token)).Cursor!.Time);
    }

    // The clock is ahead only while the first pass ends; the index shows the change 5 min later.
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(72)]
    public async Task Poll_FirstPassEndedWithAClockAhead_SecondIsNotLate(int hoursAhead)
    {
        await _world.PollAsync();
        _world.Site(World.Acme).Issues.IndexLag = TimeSpan.FromMinutes(185);
        _world.Emit(World.Acme, 7);
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(3), receiverIsDown: true, timerIsDown: true);
        _world.Ours.Ahead = TimeSpan.FromHours(hoursAhead);
        await _world.PollAsync(World.Acme);
        _world.Ours.Ahead = TimeSpan.Zero;
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(2));

        Assert.Empty(_world.LostIssues(World.Acme));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task Recover_UnfinishedWithAClockAhead_GoesOnAtTheNextRun(int hoursAhead)
    {
        await _world.PollAsync();
        _world.Emit(World.Acme, 7);
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(2), receiverIsDown: true);
        _world.Ours.Ahead = TimeSpan.FromHours(hoursAhead);
        _world.Site(World.Acme).Faults.FailNext(Search, 404);
        var site = (await _world.FindAsync(World.Acme))!;
        await _world.Clock.DriveAsync(_world.NewInstance().GetRequiredService<FailedDeliveryPoller>().RecoverAsync(site, TimeSpan.FromHours(2.5), Token));
        _world.Ours.Ahead = TimeSpan.Zero;
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(1));

        Assert.Empty(_world.LostIssues(World.Acme));
    }

    // In the same tick another instance, whose clock is wrong, was refused at the site by Jira.
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task Refresh_AnotherInstanceFailedThereForItsClock_IsDone(int hoursAhead)
    {
        _world.Settings["RunParallelism"] = "1";
        _world.Clock.Advance(TimeSpan.FromHours(21));
        _world.Site(World.Acme).Faults.Latency = TimeSpan.FromSeconds(5);
        var run = _world.NewInstance().GetRequiredService<WebhookRefresher>().RunTimerAsync(CancellationToken.None);
        await _world.Clock.MoveToAsync(_world.Clock.GetUtcNow().AddSeconds(3));
        _world.Ours.Ahead = TimeSpan.FromHours(hoursAhead);
        await _world.RefreshTimerAsync();
        _world.Ours.Ahead = TimeSpan.Zero;
        await _world.Clock.DriveAsync(run);

        Assert.All(_world.Site(World.Globex).Webhooks, webhook => Assert.True(webhook.Expires > _world.Clock.GetUtcNow().AddDays(29.5)));
    }

    // Nine slow sites, of which a run reaches some; the clock is set back by 5 h and eight runs follow.
    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task Poll_ClockIsSetBackAndRunsReachOnlySomeSites_EachHasItsTurn(int hoursAhead)
    {
        _world.Settings["RunParallelism"] = "1";
        List<string> sites = [.. Enumerable.Range(1, 9).Select(number => $"a{number:00}")];
        foreach (var site in sites) _world.AddConnect(site);
        foreach (var site in sites) _world.Site(site).Faults.Latency = TimeSpan.FromSeconds(70);
        for (var run = 0; run < 4; run++) await TickAsync();
        _world.Ours.Ahead = TimeSpan.FromHours(hoursAhead);
        var from = _world.Clock.GetUtcNow();
        for (var run = 0; run < 8; run++) await TickAsync();

        var rows = await _world.Tables.GetTableClient(TableNames.Status).QueryAsync<TableEntity>(cancellationToken: Token).ToListAsync(Token);
        var polled = rows.Where(row => row.RowKey == "poll" && row.Timestamp >= from).Select(row => row.PartitionKey).ToHashSet();
        Assert.Empty(sites.Except(polled));
    }

    private async Task TickAsync()
    {
        await _world.PollTimerAsync();
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
    }
}
