using Azure.Core.Pipeline;
using Azure.Data.Tables;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Storage;

public sealed class LeaseTableTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _storage = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
    private readonly PassingTime _time = new();
    private readonly ShiftedClock _clock = new(TimeProvider.System);
    private readonly ShiftedClock _othersClock = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<StorageKind, int, bool> WrongClocks => new([StorageKind.Memory, StorageKind.Azurite], [-300, -20, 20, 300], [true, false]);

    public void Dispose() => _time.Dispose();

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Decision", "schedules")]
    public async Task TryAcquire_HeldByAnotherProcess_ReturnsNull(StorageKind kind)
    {
        var (one, two) = await TwoInstancesAsync(kind);
        await using var held = await one.TryAcquireAsync("refresh", "acme", Minute, Token);

        Assert.NotNull(held);
        Assert.Null(await two.TryAcquireAsync("refresh", "acme", Minute, Token));
        Assert.NotNull(await two.TryAcquireAsync("refresh", "globex", Minute, Token));
        Assert.NotNull(await two.TryAcquireAsync("poll", "acme", Minute, Token));
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Decision", "schedules")]
    public async Task TryAcquire_GivenBackOrRunOut_IsFree(StorageKind kind)
    {
        var (one, two) = await TwoInstancesAsync(kind);
        await (await one.TryAcquireAsync("refresh", "acme", Minute, Token))!.DisposeAsync();
        Assert.NotNull(await two.TryAcquireAsync("refresh", "acme", Minute, Token));

        Pass(Minute + Second);

        Assert.NotNull(await one.TryAcquireAsync("refresh", "acme", Minute, Token));
    }

    /// <summary>A host is killed whose clock was wrong: the lease ends when it would have ended with the right clock.</summary>
    [Theory]
    [MemberData(nameof(WrongClocks))]
    [Trait("Decision", "storage-has-the-clock")]
    public async Task TryAcquire_ClockOfAHostIsWrong_LeaseEndsByStoragesClock(StorageKind kind, int minutesAhead, bool ofTheHolder)
    {
        (ofTheHolder ? _clock : _othersClock).Ahead = TimeSpan.FromMinutes(minutesAhead);
        var (one, two) = await TwoInstancesAsync(kind);
        Assert.NotNull(await one.TryAcquireAsync("refresh", "acme", Minute, Token));

        // Azurite's own time passes too.
        var margin = kind is StorageKind.Azurite ? Second * 20 : Second;
        Pass(Minute - margin);
        Assert.Null(await two.TryAcquireAsync("refresh", "acme", Minute, Token));
        Pass(margin + Second);
        Assert.NotNull(await two.TryAcquireAsync("refresh", "acme", Minute, Token));
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Decision", "schedules")]
    public async Task Dispose_AfterAnotherTookOver_LeavesTheOthersLease(StorageKind kind)
    {
        var (one, two) = await TwoInstancesAsync(kind);
        var late = await one.TryAcquireAsync("refresh", "acme", Minute, Token);
        Pass(Minute + Second);
        Assert.NotNull(await two.TryAcquireAsync("refresh", "acme", Minute, Token));

        await late!.DisposeAsync();

        Assert.Null(await one.TryAcquireAsync("refresh", "acme", Minute, Token));
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Decision", "schedules")]
    public async Task TryAcquire_ManyAtOnce_OneWins(StorageKind kind)
    {
        var (one, two) = await TwoInstancesAsync(kind);

        var leases = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => (number % 2 == 0 ? one : two).TryAcquireAsync("poll", "acme", Minute, Token)));

        Assert.Single(leases, lease => lease is not null);
    }

    /// <summary>The client of storage writes again, and gets the answer that the row exists.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Decision", "schedules")]
    public async Task TryAcquire_AnswerOfTheWriteIsLost_IsTheHolder(bool wasHeldBefore)
    {
        using var network = new LostAnswer(_time);
        var leases = Leases(await AzuriteAsync(network), _clock);
        var before = await leases.TryAcquireAsync("refresh", "acme", Minute, Token);
        if (!wasHeldBefore) await before!.DisposeAsync();
        Pass(Minute + Second);
        network.Lose = true;

        var lease = await leases.TryAcquireAsync("refresh", "acme", Minute, Token);

        Assert.False(network.Lose);
        Assert.NotNull(lease);
        await lease.DisposeAsync();
        Assert.NotNull(await leases.TryAcquireAsync("refresh", "acme", Minute, Token));
    }

    /// <summary>As after an edit by hand.</summary>
    [Theory]
    [InlineData(100_000L)]
    [InlineData(10_000_000_000L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [Trait("Decision", "schedules")]
    public async Task TryAcquire_RowHasAnAbsurdDuration_IsFreeAfterAnHour(long seconds)
    {
        var tables = new InMemoryTables(_storage);
        var leases = Leases(tables, _clock);
        await (await leases.TryAcquireAsync("refresh", "globex", Minute, Token))!.DisposeAsync();
        await tables.GetTableClient("leases").UpsertEntityAsync(new TableEntity("refresh", "acme") { ["Owner"] = "me", ["Seconds"] = seconds }, TableUpdateMode.Replace, Token);

        Pass(TimeSpan.FromHours(1));

        Assert.NotNull(await leases.TryAcquireAsync("refresh", "acme", Minute, Token));
    }

    [Fact]
    [Trait("Decision", "schedules")]
    public async Task Dispose_StorageIsAway_LetsNothingThrough()
    {
        var tables = new InMemoryTables(_storage);
        var table = Leases(tables, _clock);
        foreach (var error in new Exception[] { new Azure.RequestFailedException(503, "away"), new AggregateException("Retry failed after 4 tries."), new TaskCanceledException() })
        {
            var lease = await table.TryAcquireAsync("refresh", "acme", Minute, Token);
            tables.Before = call => _ = call == "leases.delete" ? throw error : call;

            await lease!.DisposeAsync();

            tables.Before = _ => { };
            Pass(Minute);
        }
    }

    private void Pass(TimeSpan time)
    {
        _storage.Advance(time);
        _time.Advance(time);
    }

    private async Task<(LeaseTable One, LeaseTable Two)> TwoInstancesAsync(StorageKind kind)
    {
        var tables = kind is StorageKind.Memory ? new InMemoryTables(_storage) : await AzuriteAsync(_time);
        return (Leases(tables, _clock), Leases(tables, _othersClock));
    }

    private static LeaseTable Leases(TableServiceClient tables, TimeProvider clock) => new(new LazyTable(tables, "leases"), clock, NullLogger<LeaseTable>.Instance);

    private async Task<TableServiceClient> AzuriteAsync(HttpMessageHandler network) =>
        new(await azurite.NewAccountAsync(), new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(network, disposeHandler: false)) });

    private sealed class LostAnswer(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public bool Lose { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (!Lose || request.Method == HttpMethod.Get) return response;

            Lose = false;
            response.Dispose();
            throw new HttpRequestException("the answer was lost");
        }
    }
}
