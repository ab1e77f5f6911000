using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Storage;

public sealed class LeaseTableTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

        _clock.Advance(Minute);

        Assert.NotNull(await one.TryAcquireAsync("refresh", "acme", Minute, Token));
    }

    [Theory]
    [InlineData(StorageKind.Memory)]
    [InlineData(StorageKind.Azurite)]
    [Trait("Decision", "schedules")]
    public async Task Dispose_AfterAnotherTookOver_LeavesTheOthersLease(StorageKind kind)
    {
        var (one, two) = await TwoInstancesAsync(kind);
        var late = await one.TryAcquireAsync("refresh", "acme", Minute, Token);
        _clock.Advance(Minute);
        await two.TryAcquireAsync("refresh", "acme", Minute, Token);

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

    [Fact]
    [Trait("Decision", "schedules")]
    public async Task Dispose_StorageIsAway_LetsNothingThrough()
    {
        var tables = new InMemoryTables();
        var table = new LeaseTable(new LazyTable(tables, "leases"), _clock, NullLogger<LeaseTable>.Instance);
        foreach (var error in new Exception[] { new Azure.RequestFailedException(503, "away"), new AggregateException("Retry failed after 4 tries."), new TaskCanceledException() })
        {
            var lease = await table.TryAcquireAsync("refresh", "acme", Minute, Token);
            tables.Before = call => _ = call == "leases.delete" ? throw error : call;

            await lease!.DisposeAsync();

            tables.Before = _ => { };
            _clock.Advance(Minute);
        }
    }

    private async Task<(LeaseTable One, LeaseTable Two)> TwoInstancesAsync(StorageKind kind)
    {
        var tables = await new TestStorage(azurite).TablesAsync(kind);
        return (new LeaseTable(new LazyTable(tables, "leases"), _clock, NullLogger<LeaseTable>.Instance),
            new LeaseTable(new LazyTable(tables, "leases"), _clock, NullLogger<LeaseTable>.Instance));
    }
}
