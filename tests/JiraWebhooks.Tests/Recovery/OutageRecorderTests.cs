using JiraWebhooks.Recovery;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Recovery;

public sealed class OutageRecorderTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
    private readonly InMemoryTables _tables;
    private readonly OutageTable _table;
    private readonly OutageRecorder _recorder;

    public OutageRecorderTests()
    {
        _tables = new InMemoryTables(_clock);
        _table = new OutageTable(new LazyTable(_tables, TableNames.Cursors), new StorageTime(_clock));
        _recorder = new OutageRecorder(_table, _clock, new FakeLogger<OutageRecorder>());
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Failed_ManyTimes_KeepsFirstAndLastAndWritesOnceAMinute()
    {
        var first = _clock.GetUtcNow();
        for (var second = 0; second < 600; second++)
        {
            _recorder.Failed("acme", null);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var outage = (await ReadAsync())!;
        Assert.Equal(first, outage.From);
        Assert.InRange((outage.Last - first)!.Value.TotalMinutes, 9, 10);
        Assert.InRange(_tables.Calls, 20, 40);
    }

    [Fact]
    public void Failed_ManyTimesSinceTheSameTime_WritesOnceAMinute()
    {
        var since = _clock.GetUtcNow().AddHours(-3);
        for (var second = 0; second <= 60; second++)
        {
            _recorder.Failed("acme", since);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        // The table is created; then a read and a write at the start, and after exactly a minute.
        Assert.Equal(5, _tables.Calls);
    }

    [Fact]
    public async Task Failed_EventsMissingSinceBefore_OutageBeginsThere()
    {
        var first = _clock.GetUtcNow();
        _recorder.Failed("acme", first);
        _recorder.Failed("acme", first.AddHours(-3));
        _clock.Advance(TimeSpan.FromMinutes(2));
        _recorder.Failed("acme", first.AddHours(-1));

        Assert.Equal((first.AddHours(-3), first.AddMinutes(2)), (await ReadAsync() is { } outage ? (outage.From, outage.Last) : default));
    }

    [Fact]
    public async Task Failed_AfterTheClockWasSetBack_IsWrittenAllTheSame()
    {
        var clock = new ShiftedClock(_clock) { Ahead = TimeSpan.FromHours(20) };
        var recorder = new OutageRecorder(_table, clock, new FakeLogger<OutageRecorder>());
        var first = _clock.GetUtcNow();
        recorder.Failed("acme", clock.GetUtcNow());
        clock.Ahead = TimeSpan.Zero;
        _clock.Advance(TimeSpan.FromMinutes(2));

        recorder.Failed("acme", clock.GetUtcNow());

        Assert.Equal(first, (await ReadAsync())!.From);
    }

    /// <summary>Otherwise the search begins too late, or an acceptance before a failure ends the outage.</summary>
    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Recorded_StorageIsSlow_HaveTheTimeAtWhichTheyWere()
    {
        var first = _clock.GetUtcNow();
        _tables.Before = call => _clock.Advance(TimeSpan.FromMinutes(call == "cursors.get" ? 15 : 0));
        _recorder.Failed("acme", null);
        var accepted = _clock.GetUtcNow();
        _recorder.Accepted("acme");
        _tables.Before = _ => { };

        var outage = (await ReadAsync())!;
        Assert.Equal((first, first, accepted), (outage.From, outage.Last, outage.Accepted));
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Accepted_AfterAFailure_EndsTheOutage()
    {
        _recorder.Failed("acme", null);
        Assert.False((await ReadAsync())!.HasEnded);
        _clock.Advance(TimeSpan.FromSeconds(90));

        _recorder.Accepted("acme");

        Assert.True((await ReadAsync())!.HasEnded);
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Accepted_ByAnInstanceThatSawNoFailure_EndsTheOutage()
    {
        _recorder.Failed("acme", null);
        _clock.Advance(TimeSpan.FromSeconds(90));

        new OutageRecorder(_table, _clock, new FakeLogger<OutageRecorder>()).Accepted("acme");

        Assert.True((await ReadAsync())!.HasEnded);
    }

    /// <summary>Otherwise a failure that Jira repeated with success looks like one that it gave up on.</summary>
    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Accepted_ShortlyAfterAnotherAndAFailureBetween_EndsTheOutage()
    {
        _recorder.Accepted("acme");
        _clock.Advance(TimeSpan.FromSeconds(30));
        _recorder.Failed("acme", null);
        _clock.Advance(TimeSpan.FromSeconds(30));

        _recorder.Accepted("acme");

        Assert.True((await ReadAsync())!.HasEnded);
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public void Accepted_OutageHasEnded_LooksOnceInTenMinutesAgain()
    {
        _recorder.Failed("acme", null);
        _clock.Advance(TimeSpan.FromSeconds(90));
        _recorder.Accepted("acme");
        var calls = _tables.Calls;

        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        _recorder.Accepted("acme");
        Assert.Equal(calls, _tables.Calls);
        _clock.Advance(TimeSpan.FromTicks(1));
        _recorder.Accepted("acme");
        Assert.True(_tables.Calls > calls);
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public void Accepted_WhileAllIsWell_LooksOnceInTenMinutes()
    {
        for (var second = 0; second < 1200; second++)
        {
            _recorder.Accepted("acme");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        // One read each, and the first creates the table.
        Assert.Equal(3, _tables.Calls);
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Failed_StorageAway_IsWrittenAtTheNextFailure()
    {
        _tables.Before = _ => throw new Azure.RequestFailedException(503, "storage is away");
        _recorder.Failed("acme", null);
        _tables.Before = _ => { };

        _recorder.Failed("acme", null);

        Assert.NotNull(await ReadAsync());
    }

    [Theory]
    [InlineData(0, null, false, true)] // one failure, and nothing since: Jira may try once only
    [InlineData(0, 1, false, false)] // retried and taken
    [InlineData(24, 30, false, true)] // five retries can be over
    [InlineData(23, 30, false, false)]
    [InlineData(0, 1, true, true)] // goes on from one that never ended
    [Trait("Rule", "search-instead")]
    public void MayHaveLost_ByLengthAndEnd(int minutes, int? acceptedAfter, bool unended, bool expected)
    {
        var from = _clock.GetUtcNow();
        var outage = new Outage(from, from.AddMinutes(minutes), default) { Accepted = acceptedAfter is { } after ? from.AddMinutes(after) : null, Unended = unended };

        Assert.Equal(expected, outage.MayHaveLost);
    }

    [Theory]
    [InlineData(0, 20, false)]
    [InlineData(0, 20.01, true)] // no retry follows
    [InlineData(179.99, 180, false)]
    [InlineData(180, 180, true)] // failures go on for three hours
    [Trait("Rule", "search-instead")]
    public void IsDue_ByTheLastFailure_WaitsForRetriesUpToThreeHours(double last, double now, bool expected)
    {
        var from = _clock.GetUtcNow();

        Assert.Equal(expected, new Outage(from, from.AddMinutes(last), default).IsDue(from.AddMinutes(now)));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, false)] // it may be the delivery before the failure
    [InlineData(1, true)]
    [Trait("Rule", "search-instead")]
    public void HasEnded_AcceptedAfterTheLastFailure_IsTrue(int ticks, bool expected)
    {
        var last = _clock.GetUtcNow();

        Assert.Equal(expected, new Outage(last, last, default) { Accepted = last.AddTicks(ticks) }.HasEnded);
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public void Outage_WithoutTimes_IsSearchedForNoMore()
    {
        var unended = new Outage(null, null, default) { Unended = true };

        Assert.True(unended.IsDue(_clock.GetUtcNow()));
        Assert.False(unended.MayHaveLost);
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task Settle_OutageThatHasGrownSinceItWasRead_StaysOpen()
    {
        _recorder.Failed("acme", null);
        var read = (await ReadAsync())!;
        _clock.Advance(TimeSpan.FromMinutes(30));
        await _table.RecordFailureAsync("acme", _clock.GetTimestamp(), null, CancellationToken.None);

        await _table.SettleAsync("acme", read with { Accepted = _clock.GetUtcNow().AddMinutes(30) }, CancellationToken.None);

        Assert.Equal(_clock.GetUtcNow(), (await ReadAsync())!.Last);
    }

    private Task<Outage?> ReadAsync() => _table.ReadAsync("acme", CancellationToken.None);
}
