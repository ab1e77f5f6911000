using JiraWebhooks.Health;
using JiraWebhooks.Recovery;
using JiraWebhooks.Runs;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Health;

/// <summary>What the host sees of a timer's run, and what the next run finds of one that was ended.</summary>
[Collection<Clocked>]
public sealed class TimerRunTests : IAsyncLifetime
{
    private const string Refresh = "refresh";
    private const string Poll = "poll";

    private World _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await World.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(Refresh)]
    [InlineData(Poll)]
    public async Task RunTimer_EverySiteFailed_ThrowsAfterAllWereTried(string timer)
    {
        _world.Forget(World.Initech);
        var needed = timer == Refresh ? "webhooks." : "cursors.";
        _world.Tables.Before = call => _ = call.StartsWith(needed, StringComparison.Ordinal) ? throw new Azure.RequestFailedException(503, "away") : call;

        var error = await Assert.ThrowsAsync<TimerRunException>(() => RunAsync(timer));

        Assert.Contains($"The {timer} failed for every site: acme, globex.", error.Message, StringComparison.Ordinal);
        foreach (var site in new[] { World.Acme, World.Globex }) Assert.Contains("RequestFailedException", await ProblemAsync(site, timer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Refresh)]
    [InlineData(Poll)]
    public async Task RunTimer_OneSiteWorks_EndsInPeace(string timer)
    {
        _world.Forget(World.Initech);
        var failing = timer == Refresh ? World.Acme : World.Globex;
        _world.Site(failing).Faults.FailNext("/rest", 500, times: 100);

        await RunAsync(timer);

        Assert.NotEqual("", await ProblemAsync(failing, timer));
    }

    [Fact]
    public async Task RunTimer_NoSites_EndsInPeace()
    {
        foreach (var site in new[] { World.Acme, World.Globex, World.Initech }) _world.Forget(site);

        await RunAsync(Refresh);
        await RunAsync(Poll);
    }

    /// <summary>A site that works only because it is switched off, or at which another run is, must not hide that the others fail.</summary>
    [Fact]
    public async Task RunTimer_OthersAreOffOrBusy_ThrowsForTheOneThatFailed()
    {
        _world.Forget(World.Globex);
        _world.Forget(World.Initech);
        var api = new ApiCaller(_world.NewInstance());
        await api.ImportAsync(World.Globex, _world.Installation(World.Globex));
        await api.DisableAsync(World.Globex);
        _world.Site(World.Acme).Faults.FailNext("/rest", 403, times: 100);

        Assert.Contains("every site: acme.", (await Assert.ThrowsAsync<TimerRunException>(() => RunAsync(Refresh))).Message, StringComparison.Ordinal);
        await using var busy = await Leases(_world.Clock).TryKeepAsync(Refresh, World.Acme, Token);
        await RunAsync(Refresh);
    }

    /// <summary>Where the sites cannot even be listed, none is served.</summary>
    [Theory]
    [InlineData(Refresh)]
    [InlineData(Poll)]
    public async Task RunTimer_SitesCannotBeRead_Throws(string timer)
    {
        foreach (var site in new[] { World.Acme, World.Globex, World.Initech }) _world.Forget(site);
        _world.Tables.Before = call => _ = call.StartsWith("sites.", StringComparison.Ordinal) ? throw new Azure.RequestFailedException(503, "away") : call;

        var error = await Assert.ThrowsAsync<TimerRunException>(() => RunAsync(timer));

        Assert.Contains("those added at run time", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Flex Consumption may end a run at any time: the site must not stay busy for as long as a run may take.</summary>
    [Theory]
    [InlineData(Refresh)]
    [InlineData(Poll)]
    public async Task Run_ProcessOfAnotherWasKilled_FindsTheSiteFreeAfterAMinute(string timer)
    {
        var stopped = new FakeTimeProvider(_world.Clock.GetUtcNow());
        var dead = await Leases(stopped).TryKeepAsync(timer, World.Acme, Token);
        Assert.NotNull(dead);
        Assert.True(await IsBusyAsync(timer));

        _world.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.False(await IsBusyAsync(timer));
    }

    [Fact]
    public async Task Poll_LeaseCannotBeRenewed_EndsBeforeAnotherMayStart()
    {
        await _world.RefreshAsync();
        await _world.FailAsync(World.Globex, 1);
        _world.Publisher.Before = (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, _world.Clock, token);
        _world.Tables.Before = call => _ = call == "leases.update" ? throw new Azure.RequestFailedException(503, "away") : call;
        var started = _world.Clock.GetUtcNow();

        var result = await _world.PollAsync(World.Globex);

        Assert.Equal(KeptLease.Lost, result.Problem);
        Assert.InRange(_world.Clock.GetUtcNow() - started, TimeSpan.Zero, KeptLease.Duration - TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Refresh_LeaseCannotBeRenewed_EndsBeforeAnotherMayStart()
    {
        _world.Site(World.Globex).Faults.Latency = TimeSpan.FromHours(1);
        _world.Tables.Before = call => _ = call == "leases.update" ? throw new Azure.RequestFailedException(503, "away") : call;
        var started = _world.Clock.GetUtcNow();

        var result = await _world.RefreshAsync(World.Globex);

        Assert.Equal(KeptLease.Lost, result.Problem);
        Assert.InRange(_world.Clock.GetUtcNow() - started, TimeSpan.Zero, KeptLease.Duration - TimeSpan.FromSeconds(1));
    }

    private LeaseTable Leases(TimeProvider clock) => new(new LazyTable(_world.Tables, TableNames.Leases), clock, NullLogger<LeaseTable>.Instance);

    private async Task<bool> IsBusyAsync(string timer) =>
        timer == Refresh ? (await _world.RefreshAsync(World.Acme)).Busy : (await _world.PollAsync(World.Acme)).Busy;

    private Task RunAsync(string timer)
    {
        var instance = _world.NewInstance();
        return _world.Clock.DriveAsync(timer == Refresh
            ? instance.GetRequiredService<WebhookRefresher>().RunTimerAsync(Token)
            : instance.GetRequiredService<FailedDeliveryPoller>().RunTimerAsync(Token));
    }

    private async Task<string?> ProblemAsync(string site, string timer) =>
        (await _world.NewInstance().GetRequiredService<SiteStatusTable>().ReadAsync(site, Token))[timer].GetString("Problem");
}
