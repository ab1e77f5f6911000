using JiraWebhooks.Health;
using JiraWebhooks.Runs;
using JiraWebhooks.Telemetry;
using JiraWebhooks.Tests.Recovery;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Health;

/// <summary>Our clock and Jira's are apart: nothing is refused for it, what Jira gives up on meanwhile is found, and Health says so.</summary>
[Collection<Clocked>]
public sealed class WrongClockTests : IAsyncLifetime
{
    private World _world = null!;
    private IServiceProvider _receiver = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        await _world.RefreshAsync();
        await _world.PollAsync();
        _world.Receiver = _receiver = _world.NewInstance();
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(World.Acme, 120)]
    [InlineData(World.Acme, -90)]
    [InlineData(World.Globex, 120)]
    [InlineData(World.Globex, -90)]
    public async Task Health_NoDeliveryAcceptedSince_IsUnhealthyForTheClock_AndANoteAfterwards(string site, int minutesAhead)
    {
        _world.Ours.Ahead = TimeSpan.FromMinutes(minutesAhead);
        Assert.Equal(503, await DeliverAsync(site));

        var wrong = await HealthAsync(site);
        Assert.Equal("unhealthy", wrong.State);
        Assert.Equal(_world.Clock.GetUtcNow(), wrong.Since);
        Assert.StartsWith("Clock: ", wrong.Reason, StringComparison.Ordinal);
        Assert.Contains($"was issued at {_world.Clock.GetUtcNow():u}", wrong.Reason, StringComparison.Ordinal);
        Assert.Contains($"the clock here said {_world.Ours.GetUtcNow():u}", wrong.Reason, StringComparison.Ordinal);

        _world.Ours.Ahead = TimeSpan.Zero;
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, await DeliverAsync(site));

        var right = await HealthAsync(site);
        Assert.Equal("ok", right.State);
        Assert.Null(right.Reason);
        Assert.Contains("Late delivery: ", right.Notice, StringComparison.Ordinal);

        _world.Clock.Advance(TimeSpan.FromHours(27));
        Assert.DoesNotContain("Late delivery: ", (await HealthAsync(site)).Notice ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_AcceptedAndThenNoMore_IsUnhealthyAgain()
    {
        Assert.Equal(200, await DeliverAsync(World.Acme));
        _world.Clock.Advance(TimeSpan.FromMinutes(2));
        _world.Ours.Ahead = TimeSpan.FromHours(2);
        Assert.Equal(503, await DeliverAsync(World.Acme));

        Assert.Equal("unhealthy", (await HealthAsync(World.Acme)).State);
    }

    /// <summary>The clock of one instance alone is wrong, and Health is asked of a third.</summary>
    [Fact]
    public async Task Health_AnotherInstanceAccepts_IsANote()
    {
        _world.Receiver = _world.NewInstance();
        Assert.Equal(200, await DeliverAsync(World.Acme));
        _world.Clock.Advance(TimeSpan.FromMinutes(11));
        var accepting = _world.Receiver;
        _world.Receiver = _receiver;
        _world.Ours.Ahead = TimeSpan.FromMinutes(-20);
        Assert.Equal(503, await DeliverAsync(World.Acme));
        Assert.Equal("unhealthy", (await HealthAsync(World.Acme)).State);

        _world.Ours.Ahead = TimeSpan.Zero;
        _world.Receiver = accepting;
        Assert.Equal(200, await DeliverAsync(World.Acme));

        Assert.Equal("ok", (await HealthAsync(World.Acme)).State);
    }

    [Fact]
    public async Task Gauge_OfUnhealthySites_CountsThoseThatNoClockFits()
    {
        using var measured = new MeasuredHere();
        _world.Ours.Ahead = TimeSpan.FromHours(2);
        await DeliverAsync(World.Acme);
        await DeliverAsync(World.Globex);
        await RecordAsync();
        _world.Ours.Ahead = TimeSpan.Zero;
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        await DeliverAsync(World.Globex);
        await RecordAsync();

        Assert.Equal([2, 1], measured.Of(MetricNames.SitesUnhealthy));
    }

    /// <summary>Jira gives up, the clock is set right, and the search goes back to when the issue changed: not to when we thought it was.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(60 * 20)]
    [InlineData(-60 * 20)]
    public async Task Poll_ClockWasWrongAndIsSetRight_FindsWhatJiraGaveUpOn(int minutesAhead)
    {
        _world.Ours.Ahead = TimeSpan.FromMinutes(minutesAhead);
        _world.Emit(World.Acme, 7);
        using (var client = _world.Client()) await _world.Jira.DeliverDueAsync(client, Token);
        _world.Ours.Ahead = TimeSpan.Zero;

        await _world.PassAsync(World.Acme, TimeSpan.FromHours(2), receiverIsDown: true);

        Assert.Empty(_world.LostIssues(World.Acme));
        Assert.Contains("SHOP-7", _world.Searched());
    }

    /// <summary>Searches run while the clock is wrong; what they miss by it is searched for when it is set right.</summary>
    [Theory]
    [InlineData(2 * 60)]
    [InlineData(-16)]
    [InlineData(-20 * 60)]
    public async Task Poll_WhileTheClockIsWrong_LosesNothing(int minutesAhead)
    {
        _world.Ours.Ahead = TimeSpan.FromMinutes(minutesAhead);
        for (var issue = 1; issue <= 120; issue++) _world.Emit(World.Acme, issue);

        await _world.PassAsync(World.Acme, TimeSpan.FromHours(4));
        _world.Ours.Ahead = TimeSpan.Zero;
        await _world.PassAsync(World.Acme, TimeSpan.FromHours(1));

        Assert.Empty(_world.LostIssues(World.Acme));
    }

    /// <summary>The list of failed deliveries is read by Jira's clock: ours would skip what is still to fail.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(-20)]
    public async Task Poll_ConnectSiteWhileTheClockIsWrong_FindsWhatJiraGaveUpOn(int hoursAhead)
    {
        _world.Ours.Ahead = TimeSpan.FromHours(hoursAhead);
        await _world.PollAsync();
        var identifier = Assert.Single(_world.Emit(World.Globex, 7));
        await _world.DeliverAllAsync();
        Assert.All(_world.Jira.Ledger.Attempts, attempt => Assert.Equal(503, attempt.Status));
        _world.Ours.Ahead = TimeSpan.Zero;

        await _world.PollAsync();

        Assert.Contains(_world.Publisher.Messages, message => message.MessageId == $"globex:{identifier}");
    }

    [Fact]
    public async Task HealthShort_ClockIsSetBack_IsMadeAgainAllTheSame()
    {
        var health = _receiver.GetRequiredService<IHealthReporter>();
        _world.Ours.Ahead = TimeSpan.FromHours(5);
        Assert.False((await health.ReportAsync(details: false, Token)).Healthy);
        _world.Ours.Ahead = TimeSpan.Zero;
        _world.Clock.Advance(HealthReporter.FreshFor);

        Assert.True((await health.ReportAsync(details: false, Token)).Healthy);
    }

    private Task RecordAsync() => _world.NewInstance().GetRequiredService<SiteGauges>().RecordAsync(
        RunKind.Poll, [StubSites.OAuth, StubSites.Connect], Token);

    private async Task<int> DeliverAsync(string site)
    {
        Assert.Single(_world.Emit(site));
        using var client = _world.Client();
        await _world.Jira.DeliverDueAsync(client, Token);
        return _world.Jira.Ledger.Attempts.Last().Status;
    }

    // Asked of another instance: what is known must be stored.
    private async Task<SiteHealth> HealthAsync(string site)
    {
        await _world.RefreshAsync();
        await _world.PollAsync();
        var instance = _world.NewInstance();
        return Assert.Single(await instance.GetRequiredService<IHealthReporter>().ReportAsync([(await _world.FindAsync(site))!], Token));
    }
}
