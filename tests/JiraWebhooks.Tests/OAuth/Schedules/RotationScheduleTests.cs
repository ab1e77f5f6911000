namespace JiraWebhooks.Tests.OAuth.Schedules;

/// <summary>docs/jira-behaviour.md#oauth-tokens over many schedules: two processes share one store, one lease and one grant, and die, hang and lose answers at any step.
/// A failing seed prints its trace and can be run alone.</summary>
public sealed class RotationScheduleTests
{
    private const int Seeds = 1000;

    /// <summary>Whatever happens, the grant survives and every caller ends up with a token that Jira takes.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_CrashesAndTimeoutsAnywhere_GrantIsNeverLost(bool comparesAndSwaps)
    {
        var runs = await RunAsync(Seeds, seed => new Simulation(seed, comparesAndSwaps, faultRate: 0.15, pauses: comparesAndSwaps));

        Assert.All(runs, run => Assert.True(run.Simulation.Verdict is null, Story(run)));

        // The schedules are worth something only if they hit the places that hurt.
        Assert.True(runs.Sum(run => run.Simulation.Network.Crashes) > Seeds, "too few crashes");
        Assert.True(runs.Sum(run => run.Simulation.Authority.Reuses) > Seeds / 10, "too few refreshes whose answer was lost");
        Assert.True(runs.Sum(run => run.Simulation.Good) > 50 * Seeds, "too few calls");
    }

    /// <summary>A store that takes no writes for longer than Atlassian's leeway: what was refreshed meanwhile is saved afterwards.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_StoreTakesNoWritesForLong_GrantIsNeverLost(bool comparesAndSwaps)
    {
        var runs = await RunAsync(Seeds / 4, seed => new Simulation(seed, comparesAndSwaps, faultRate: 0)
        {
            WritesAway = (TimeSpan.FromMinutes(5 + (seed % 10)), TimeSpan.FromMinutes(18 + (seed % 40))),
        });

        Assert.All(runs, run => Assert.True(run.Simulation.Verdict is null, Story(run)));
        Assert.True(runs.Sum(run => run.Simulation.Transient) > 0, "no call noticed");
    }

    /// <summary>Without faults no refresh token is ever used twice: nothing leans on Atlassian's leeway.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "oauth-tokens")]
    public async Task GetAccessToken_NoFaults_NoRefreshTokenIsUsedTwice(bool comparesAndSwaps)
    {
        var runs = await RunAsync(Seeds / 4, seed => Strict(new Simulation(seed, comparesAndSwaps, faultRate: 0)));

        Assert.All(runs, run => Assert.True(run.Simulation.Verdict is null, Story(run)));
        Assert.All(runs, run => Assert.Equal(0, run.Simulation.Transient));
        Assert.True(runs.Sum(run => run.Simulation.Authority.Refreshes) > Seeds, "too few refreshes");
    }

    /// <summary>The simulation can fail: take the lease or the leeway away, and grants are lost.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0.15)]
    public async Task GetAccessToken_WithoutWhatProtectsIt_GrantsAreLost(bool openLeases, double faultRate)
    {
        var runs = await RunAsync(50, seed => Strict(new Simulation(seed, comparesAndSwaps: true, faultRate) { LeasesExcludeNoOne = openLeases }));

        Assert.Contains(runs, run => run.Simulation.Verdict is not null);
    }

    [Fact]
    public async Task GetAccessToken_SameSeed_SameStory()
    {
        var once = await RunAsync(20, seed => new Simulation(seed, comparesAndSwaps: true, faultRate: 0.15));
        var again = await RunAsync(20, seed => new Simulation(seed, comparesAndSwaps: true, faultRate: 0.15));

        foreach (var (one, other) in once.Zip(again)) Assert.Equal(one.Simulation.Network.Trace, other.Simulation.Network.Trace);
    }

    private static Simulation Strict(Simulation simulation)
    {
        simulation.Authority.Leeway = TimeSpan.FromMilliseconds(-1);
        return simulation;
    }

    // Off the test's own context, or continuations would leave the thread that draws their order.
    private static Task<List<(int Seed, Simulation Simulation)>> RunAsync(int seeds, Func<int, Simulation> make) =>
        Task.Run(() => Enumerable.Range(0, seeds).Select(seed => (seed, make(seed).Run())).ToList());

    private static string Story((int Seed, Simulation Simulation) run) =>
        $"seed {run.Seed}: {run.Simulation.Verdict}\n{string.Join('\n', run.Simulation.Network.Trace.TakeLast(120))}";
}
