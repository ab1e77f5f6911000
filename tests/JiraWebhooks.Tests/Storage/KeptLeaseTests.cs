using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using LocalHost.Simulation;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Storage;

/// <summary>A lease that is renewed while the work goes on, on both kinds of tables. Each instance has its own clock, so that one can stand still
/// as that of a killed process does. Storage's time is that of the other instance.</summary>
[Collection<Clocked>]
public sealed class KeptLeaseTests : IDisposable
{
    private readonly AzuriteFixture _azurite;
    private readonly SimulatedClock _clock = Clocked.NewClock();
    private readonly FakeTimeProvider _othersClock;
    private readonly FakeLogger<LeaseTable> _log = new();
    private readonly InMemoryTables _memory;
    private readonly PassingTime _time = new();
    private readonly FaultyNetwork _network;

    public KeptLeaseTests(AzuriteFixture azurite)
    {
        _azurite = azurite;
        _othersClock = new FakeTimeProvider(_clock.GetUtcNow());
        _memory = new InMemoryTables(_othersClock);
        _network = new FaultyNetwork(_time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // All clocks go on together, as far as storage can see.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private static TimeSpan WorkEnds => KeptLease.Duration - KeptLease.Margin;

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task TryKeep_WorkOfTenMinutes_KeepsOthersAwayUntilItsEnd(StorageKind kind)
    {
        var (own, other) = await TwoInstancesAsync(kind);
        var kept = (await own.TryKeepAsync("poll", "acme", Token))!;
        for (var round = 0; round < 30; round++)
        {
            await PassAsync(KeptLease.Interval);
            Assert.Null(await other.TryKeepAsync("poll", "acme", Token));
        }

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

        // Azurite's own time passes too.
        var margin = TimeSpan.FromSeconds(kind is StorageKind.Azurite ? 20 : 2);
        Pass(KeptLease.Duration - margin);
        Assert.Null(await other.TryKeepAsync("poll", "acme", Token));
        Pass(margin + TimeSpan.FromSeconds(2));
        await using var next = await other.TryKeepAsync("poll", "acme", Token);

        Assert.NotNull(next);
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task Renew_AnotherHasTakenIt_CancelsTheWorkAndLeavesTheOthersLease(StorageKind kind)
    {
        var (own, other) = await TwoInstancesAsync(kind);
        var kept = (await own.TryKeepAsync("poll", "acme", Token))!;
        Pass(KeptLease.Duration + TimeSpan.FromSeconds(2));
        await using var others = await other.TryKeepAsync("poll", "acme", Token);

        await PassAsync(KeptLease.Interval);

        Assert.True(kept.Token.IsCancellationRequested);
        Assert.True(kept.IsLost);
        Assert.Contains(_log.Entries, entry => entry.Text.Contains("poll/acme is lost", StringComparison.Ordinal));
        await kept.DisposeAsync();
        Assert.Null(await own.TryAcquireAsync("poll", "acme", KeptLease.Duration, Token));
    }

    /// <summary>Who takes the lease at its end must find the work at rest.</summary>
    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    public async Task Renew_StorageIsAway_CancelsTheWorkBeforeTheLeaseEnds(StorageKind kind)
    {
        var (own, other) = await TwoInstancesAsync(kind);
        await using var kept = (await own.TryKeepAsync("poll", "acme", Token))!;
        _network.IsAway = true;
        _memory.Before = call => _ = call == "leases.update" ? throw new Azure.RequestFailedException(503, "away") : call;

        await PassAsync(WorkEnds - TimeSpan.FromSeconds(1));
        Assert.False(kept.Token.IsCancellationRequested);
        await PassAsync(TimeSpan.FromSeconds(1));

        Assert.True(kept.Token.IsCancellationRequested);
        Assert.True(kept.IsLost);
        _network.IsAway = false;
        _memory.Before = _ => { };
        Assert.Null(await other.TryKeepAsync("poll", "acme", Token));
    }

    [Fact]
    public async Task Renew_StorageIsAwayForAWhile_GoesOn()
    {
        var (own, other) = await TwoInstancesAsync(StorageKind.Memory);
        await using var kept = (await own.TryKeepAsync("poll", "acme", Token))!;
        var failures = 3;
        _memory.Before = call => _ = call == "leases.update" && failures-- > 0 ? throw new Azure.RequestFailedException(503, "away") : call;

        await PassAsync(TimeSpan.FromMinutes(5));

        Assert.False(kept.Token.IsCancellationRequested);
        Assert.Null(await other.TryKeepAsync("poll", "acme", Token));
    }

    /// <summary>The write has taken effect: the next one finds the version of the first, which is this holder's own.</summary>
    [Fact]
    public async Task Renew_AnswerWasLost_IsStillTheHolder()
    {
        var (own, other) = await TwoInstancesAsync(StorageKind.Memory);
        var kept = (await own.TryKeepAsync("poll", "acme", Token))!;
        var lost = 1;
        _memory.After = call => _ = call == "leases.write" && lost-- > 0 ? throw new Azure.RequestFailedException(0, "the answer was lost") : call;

        await PassAsync(TimeSpan.FromMinutes(5));

        Assert.False(kept.IsLost);
        Assert.Null(await other.TryKeepAsync("poll", "acme", Token));
        await kept.DisposeAsync();
        await using var next = await other.TryKeepAsync("poll", "acme", Token);
        Assert.NotNull(next);
    }

    /// <summary>Neither the work nor its end may wait for a call that never returns.</summary>
    [Fact]
    public async Task Renew_StorageNeverAnswers_CancelsTheWorkInTimeAndCanBeDisposed()
    {
        var (own, _) = await TwoInstancesAsync(StorageKind.Azurite, counted: false);
        var kept = (await own.TryKeepAsync("poll", "acme", Token))!;
        _network.IsHung = true;

        await PassAsync(WorkEnds);

        Assert.True(kept.Token.IsCancellationRequested);
        _network.IsHung = false;
        await kept.DisposeAsync();
        Assert.True(kept.IsLost);
    }

    /// <summary>Work that does not stop although it was told to must not hold its site for ever.</summary>
    [Fact]
    public async Task Renew_WorkWasCancelled_IsNotDoneAnyMore()
    {
        var (own, other) = await TwoInstancesAsync(StorageKind.Memory);
        using var work = new CancellationTokenSource();
        await using var kept = (await own.TryKeepAsync("poll", "acme", work.Token))!;

        await work.CancelAsync();
        await PassAsync(KeptLease.Duration);
        await using var next = await other.TryKeepAsync("poll", "acme", Token);

        Assert.True(kept.Token.IsCancellationRequested);
        Assert.NotNull(next);
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= Step)
        {
            var step = left < Step ? left : Step;
            await _clock.MoveToAsync(_clock.GetUtcNow() + step);
            Pass(step);
        }
    }

    // Only for storage and the other instance.
    private void Pass(TimeSpan time)
    {
        _othersClock.Advance(time);
        _time.Advance(time);
    }

    private async Task<(LeaseTable Own, LeaseTable Other)> TwoInstancesAsync(StorageKind kind, bool counted = true)
    {
        if (kind is StorageKind.Memory) return (NewInstance(_memory, _clock, _log), NewInstance(_memory, _othersClock));

        var account = await _azurite.NewAccountAsync();
        var options = Through(_network);
        options.Retry.MaxRetries = 0;
        if (counted) options.AddPolicy(new CountingPolicy(_clock), HttpPipelinePosition.PerCall);
        return (NewInstance(new TableServiceClient(account, options), _clock, _log), NewInstance(new TableServiceClient(account, Through(_time)), _othersClock));
    }

    private static TableClientOptions Through(HttpMessageHandler network) => new() { Transport = new HttpClientTransport(new HttpClient(network, disposeHandler: false)) };

    private static LeaseTable NewInstance(TableServiceClient tables, TimeProvider clock, FakeLogger<LeaseTable>? log = null) =>
        new(new LazyTable(tables, "leases"), clock, log is null ? NullLogger<LeaseTable>.Instance : log);

    private sealed class FaultyNetwork(HttpMessageHandler next) : DelegatingHandler(next)
    {
        public bool IsAway { get; set; }

        public bool IsHung { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            IsAway ? throw new HttpRequestException("away")
            : IsHung ? new TaskCompletionSource<HttpResponseMessage>().Task
            : base.SendAsync(request, cancellationToken);
    }
}
