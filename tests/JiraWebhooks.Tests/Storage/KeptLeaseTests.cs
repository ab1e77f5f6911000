using Azure.Core.Pipeline;
using Azure.Data.Tables;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Storage;

/// <summary>A lease that is renewed while the work goes on, on both kinds of tables. Each instance has its own clock, so that one can stand still
/// as a killed process does.</summary>
public sealed class KeptLeaseTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly TimerWatch _clock = new(Start);
    private readonly FakeTimeProvider _othersClock = new(Start);
    private readonly LogRecorder<LeaseTable> _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task TryKeep_WorkOfTenMinutes_KeepsOthersAwayUntilItsEnd(StorageKind kind)
    {
        var (own, other) = await TwoInstancesAsync(kind);
        var kept = (await own.TryKeepAsync("poll", "acme", Token))!;
        for (var round = 0; round < 30; round++)
        {
            await PassAsync(KeptLease.Interval, waitedFor: KeptLease.Interval);
            Assert.Null(await other.TryKeepAsync("poll", "acme", Token));
        }

        await _clock.WaitBeganAsync(KeptLease.Interval, Token);
        Assert.False(kept.Token.IsCancellationRequested);
        await kept.DisposeAsync();
        await using var next = await other.TryKeepAsync("poll", "acme", Token);

        Assert.NotNull(next);
        Assert.Empty(_log.Entries);
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task TryKeep_HolderIsKilled_IsFreeAfterAMinute(StorageKind kind)
    {
        var (own, other) = await TwoInstancesAsync(kind);
        await using var dead = await own.TryKeepAsync("poll", "acme", Token);

        _othersClock.Advance(KeptLease.Duration - TimeSpan.FromSeconds(1));
        Assert.Null(await other.TryKeepAsync("poll", "acme", Token));
        _othersClock.Advance(TimeSpan.FromSeconds(1));
        await using var next = await other.TryKeepAsync("poll", "acme", Token);

        Assert.NotNull(next);
        Assert.True(KeptLease.Duration <= TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task Renew_AnotherHasTakenIt_CancelsTheWork(StorageKind kind)
    {
        var (own, other) = await TwoInstancesAsync(kind);
        await using var kept = (await own.TryKeepAsync("poll", "acme", Token))!;
        _othersClock.Advance(KeptLease.Duration);
        await using var others = await other.TryKeepAsync("poll", "acme", Token);

        await _clock.WaitBeganAsync(KeptLease.Interval, Token);
        _clock.Advance(KeptLease.Interval);

        await CancelledAsync(kept.Token);
        Assert.True(kept.IsLost);
        Assert.Contains(_log.Entries, entry => entry.Text.Contains("poll/acme is lost", StringComparison.Ordinal));

        // And it is not given back in the other's place.
        await kept.DisposeAsync();
        Assert.Null(await own.TryAcquireAsync("poll", "acme", KeptLease.Duration, Token));
    }

    /// <summary>Whoever takes the lease at its end must find the work at rest.</summary>
    [Fact]
    public async Task Renew_StorageIsAway_CancelsTheWorkBeforeTheLeaseEnds()
    {
        var tables = new InMemoryTables();
        var (own, other) = (NewInstance(tables, _clock), NewInstance(tables, _othersClock));
        await using var kept = (await own.TryKeepAsync("poll", "acme", Token))!;
        tables.Before = call => _ = call == "leases.update" ? throw new Azure.RequestFailedException(503, "away") : call;

        await PassAsync(KeptLease.Interval, waitedFor: KeptLease.Interval);
        for (var waited = KeptLease.Interval; waited < KeptLease.Duration - KeptLease.Margin; waited += Pause)
        {
            await _clock.WaitBeganAsync(Pause, Token);
            Assert.False(kept.Token.IsCancellationRequested, $"cancelled after {waited}");
            Pass(Pause);
        }

        await CancelledAsync(kept.Token);
        Assert.True(kept.IsLost);
        tables.Before = _ => { };
        Assert.Null(await other.TryKeepAsync("poll", "acme", Token));
    }

    [Fact]
    public async Task Renew_StorageIsAwayForAWhile_GoesOn()
    {
        var tables = new InMemoryTables();
        var own = NewInstance(tables, _clock);
        await using var kept = (await own.TryKeepAsync("poll", "acme", Token))!;
        var failures = 2;
        tables.Before = call => _ = call == "leases.update" && failures-- > 0 ? throw new Azure.RequestFailedException(503, "away") : call;

        await PassAsync(KeptLease.Interval, waitedFor: KeptLease.Interval);
        await PassAsync(Pause, waitedFor: Pause);
        await PassAsync(Pause, waitedFor: Pause);
        await _clock.WaitBeganAsync(KeptLease.Interval, Token);
        _clock.Advance(KeptLease.Duration - KeptLease.Margin - TimeSpan.FromSeconds(1));

        Assert.False(kept.Token.IsCancellationRequested);
    }

    /// <summary>The write has taken effect: the second finds the version of the first, which is this holder's own.</summary>
    [Fact]
    public async Task Renew_AnswerWasLost_IsStillTheHolder()
    {
        var tables = new InMemoryTables();
        var (own, other) = (NewInstance(tables, _clock), NewInstance(tables, _othersClock));
        var kept = (await own.TryKeepAsync("poll", "acme", Token))!;
        var lost = 1;
        tables.After = call => _ = call == "leases.write" && lost-- > 0 ? throw new Azure.RequestFailedException(0, "the answer was lost") : call;

        await PassAsync(KeptLease.Interval, waitedFor: KeptLease.Interval);
        await PassAsync(Pause, waitedFor: Pause);
        await PassAsync(KeptLease.Interval, waitedFor: KeptLease.Interval);
        await _clock.WaitBeganAsync(KeptLease.Interval, Token);

        Assert.False(kept.IsLost);
        Assert.Null(await other.TryKeepAsync("poll", "acme", Token));
        await kept.DisposeAsync();
        await using var next = await other.TryKeepAsync("poll", "acme", Token);
        Assert.NotNull(next);
    }

    /// <summary>Neither the end of the work nor its cancellation may wait for a call that never returns.</summary>
    [Fact]
    public async Task Renew_StorageNeverAnswers_CancelsTheWorkInTimeAndCanBeDisposed()
    {
        var hung = new HungHandler();
        var options = new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(hung)) };
        var tables = new TableServiceClient(await azurite.NewAccountAsync(), options);
        var kept = (await NewInstance(tables, _clock).TryKeepAsync("poll", "acme", Token))!;
        hung.IsHung = true;

        await PassAsync(KeptLease.Interval, waitedFor: KeptLease.Interval);
        await hung.Reached;
        Pass(KeptLease.Duration - KeptLease.Interval - KeptLease.Margin);

        await CancelledAsync(kept.Token);
        hung.IsHung = false;
        await kept.DisposeAsync();
        Assert.True(kept.IsLost);
    }

    /// <summary>Work that does not stop although it was told to must not hold its site for ever.</summary>
    [Fact]
    public async Task Renew_WorkWasCancelled_IsNotDoneAnyMore()
    {
        var tables = new InMemoryTables();
        var (own, other) = (NewInstance(tables, _clock), NewInstance(tables, _othersClock));
        using var work = new CancellationTokenSource();
        await using var kept = (await own.TryKeepAsync("poll", "acme", work.Token))!;

        await work.CancelAsync();
        Pass(KeptLease.Duration);
        await using var next = await other.TryKeepAsync("poll", "acme", Token);

        Assert.True(kept.Token.IsCancellationRequested);
        Assert.NotNull(next);
    }

    private static Task CancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(cancelled.SetResult);
        return cancelled.Task.WaitAsync(Token);
    }

    private async Task PassAsync(TimeSpan time, TimeSpan waitedFor)
    {
        await _clock.WaitBeganAsync(waitedFor, Token);
        Pass(time);
    }

    private void Pass(TimeSpan time)
    {
        _clock.Advance(time);
        _othersClock.Advance(time);
    }

    private async Task<(LeaseTable Own, LeaseTable Other)> TwoInstancesAsync(StorageKind kind)
    {
        var tables = await new TestStorage(azurite).TablesAsync(kind);
        return (NewInstance(tables, _clock), NewInstance(tables, _othersClock));
    }

    private LeaseTable NewInstance(TableServiceClient tables, TimeProvider clock) =>
        clock == _clock ? new(new LazyTable(tables, "leases"), clock, _log) : new(new LazyTable(tables, "leases"), clock, NullLogger<LeaseTable>.Instance);

    private sealed class HungHandler : DelegatingHandler
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HungHandler() => InnerHandler = new SocketsHttpHandler();

        public bool IsHung { get; set; }

        public Task Reached => _reached.Task.WaitAsync(TestContext.Current.CancellationToken);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!IsHung) return await base.SendAsync(request, cancellationToken);

            _reached.TrySetResult();
            return await new TaskCompletionSource<HttpResponseMessage>().Task;
        }
    }
}
