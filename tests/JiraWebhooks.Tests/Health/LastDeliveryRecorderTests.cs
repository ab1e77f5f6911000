using JiraWebhooks.Deliveries;
using JiraWebhooks.Health;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using LocalHost.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace JiraWebhooks.Tests.Health;

/// <summary>Health is asked of any instance, and the one that took the delivery may never be asked.</summary>
[Collection<Clocked>]
public sealed class LastDeliveryRecorderTests : IAsyncLifetime
{
    private readonly SimulatedClock _clock = Clocked.NewClock();
    private readonly InMemoryTables _tables = new();
    private readonly SiteStatusTable _status;
    private readonly DeliveryActivity _activity;
    private readonly LastDeliveryRecorder _recorder;
    private int _writes;

    public LastDeliveryRecorderTests()
    {
        _status = new SiteStatusTable(new LazyTable(_tables, TableNames.Status), new StorageTime(_clock, _clock), _clock, NullLogger<SiteStatusTable>.Instance);
        _activity = new DeliveryActivity(_clock);
        _recorder = new LastDeliveryRecorder(_activity, _status, _clock);
        _tables.Before = call => _writes += call == $"{TableNames.Status}.upsert" ? 1 : 0;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _recorder.StartAsync(Token);

    public ValueTask DisposeAsync()
    {
        _recorder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task Accept_First_IsSavedAtOnce()
    {
        _activity.Accept("acme");

        Assert.Equal(_clock.GetUtcNow(), await SavedAsync("acme"));
    }

    [Fact]
    public async Task Accept_ManyInAMinute_AreSavedTwiceAndTheLastTimeCounts()
    {
        for (var second = 0; second < 59; second++)
        {
            _activity.Accept("acme");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var last = _clock.GetUtcNow() - TimeSpan.FromSeconds(1);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(last, await SavedAsync("acme"));
        Assert.Equal(2, _writes);
    }

    [Fact]
    public async Task Accept_AfterAQuietMinute_IsSavedAtOnceAgain()
    {
        _activity.Accept("acme");
        _clock.Advance(TimeSpan.FromMinutes(5));
        _activity.Accept("acme");

        Assert.Equal(_clock.GetUtcNow(), await SavedAsync("acme"));
    }

    [Fact]
    public async Task Stop_WithAnUnsavedDelivery_SavesIt()
    {
        _activity.Accept("acme");
        _clock.Advance(TimeSpan.FromSeconds(10));
        _activity.Accept("acme");

        await _recorder.StopAsync(Token);

        Assert.Equal(_clock.GetUtcNow(), await SavedAsync("acme"));
    }

    [Fact]
    public async Task Save_AnotherInstanceHasSavedALaterTime_KeepsIt()
    {
        await _status.SaveDeliveryAsync("acme", _clock.GetUtcNow(), Token);
        await _status.SaveDeliveryAsync("acme", _clock.GetUtcNow() - TimeSpan.FromSeconds(30), Token);

        Assert.Equal(_clock.GetUtcNow(), await SavedAsync("acme"));
    }

    /// <summary>A clock that was ahead has saved it, and nothing would be saved until then.</summary>
    [Fact]
    public async Task Save_SavedTimeIsInTheFuture_ReplacesIt()
    {
        await _status.SaveDeliveryAsync("acme", _clock.GetUtcNow() + TimeSpan.FromHours(5), Token);
        await _status.SaveDeliveryAsync("acme", _clock.GetUtcNow(), Token);

        Assert.Equal(_clock.GetUtcNow(), await SavedAsync("acme"));
    }

    private async Task<DateTimeOffset?> SavedAsync(string site) => (await _status.ReadAsync(site, Token))[SiteStatusTable.DeliveryRow].Time(SiteStatusTable.LastDelivery);
}
