using System.Net;
using LocalHost.Simulation;

namespace JiraWebhooks.Tests.Support;

/// <summary>The clock that the other tests rely on.</summary>
[Collection<Clocked>]
public sealed class SimulatedClockTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private readonly SimulatedClock _clock = new(Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TimeSpan Passed => _clock.GetUtcNow() - Start;

    [Fact]
    public async Task Drive_WorkThatWaits_MovesToEachTimerAndNoFurther()
    {
        var seen = await _clock.DriveAsync(WaitAsync(TimeSpan.FromMinutes(59), TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(7)));

        Assert.Equal(["00:59:00", "00:59:00.0010000", "00:59:07.0010000"], seen.Select(passed => passed.ToString()));
    }

    /// <summary>The fault that this clock is for: work took longer than a driver believed, and met its time-out.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Drive_WorkThatIsSlow_MeetsNoTimeOut(bool blocks)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(1), _clock);

        // Longer than any patience of a driver that waits for milliseconds or turns of the pool.
        await _clock.DriveAsync(Task.Run(() => blocks ? Busy(3_000) : HopAsync(200_000), Token));

        Assert.False(timeout.IsCancellationRequested);
        Assert.Equal(TimeSpan.Zero, Passed);
    }

    [Fact]
    public async Task Drive_CountedOperationUnderWay_StandsStill()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(1), _clock);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var driving = _clock.DriveAsync(AskAsync());

        // A thread of its own, as another process is.
        await Task.Factory.StartNew(() => Busy(300), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.False(driving.IsCompleted);
        answer.SetResult();
        await driving;

        Assert.False(timeout.IsCancellationRequested);
        Assert.Equal(TimeSpan.Zero, Passed);

        async Task AskAsync()
        {
            using var running = _clock.Begin();
            await answer.Task;
        }
    }

    [Fact]
    public async Task Drive_RequestOverASocket_CountsUntilItsBodyIsHere()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(1), _clock);
        using var server = new HttpListener();
        var port = FreePort();
        server.Prefixes.Add($"http://localhost:{port}/");
        server.Start();
        using var client = new HttpClient(new CountingHandler(_clock) { InnerHandler = new SocketsHttpHandler() });
        var serving = Task.Factory.StartNew(Serve, Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        var text = await _clock.DriveAsync(client.GetStringAsync($"http://localhost:{port}/", Token));
        await serving;

        Assert.Equal("headbody", text);
        Assert.False(timeout.IsCancellationRequested);

        void Serve()
        {
            var context = server.GetContext();
            Busy(200);
            context.Response.OutputStream.Write("head"u8);
            context.Response.OutputStream.Flush();
            Busy(200);
            context.Response.OutputStream.Write("body"u8);
            context.Response.Close();
        }
    }

    [Fact]
    public async Task Drive_NothingCanEndIt_SaysSo()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _clock.DriveAsync(new TaskCompletionSource().Task));

        Assert.Contains("no timer is set", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drive_WorkWaitsBeyondTheLimit_SaysSoBeforeThat()
    {
        var work = WaitAsync(TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(50));

        await Assert.ThrowsAsync<InvalidOperationException>(() => _clock.DriveAsync(work, TimeSpan.FromMinutes(1)));

        Assert.Equal(TimeSpan.FromSeconds(50), Passed);
    }

    [Fact]
    public async Task Drive_WorkFails_ThrowsWhatItThrew() =>
        await Assert.ThrowsAsync<TimeoutException>(() => _clock.DriveAsync(new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromMinutes(1), _clock, Token)));

    [Fact]
    public async Task Drive_PeriodicTimer_TicksOnTime()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromTicks(12_345_678), _clock);

        await _clock.DriveAsync(TickAsync());

        Assert.Equal(TimeSpan.FromTicks(12_345_678 * 5), Passed);

        async Task TickAsync()
        {
            for (var tick = 0; tick < 5; tick++) await timer.WaitForNextTickAsync(Token);
        }
    }

    [Fact]
    public async Task MoveTo_TimersOnTheWay_RunEachAtItsTimeWithAllThatFollows()
    {
        var seen = new List<TimeSpan>();
        _ = WatchAsync(TimeSpan.FromSeconds(2));
        _ = WatchAsync(TimeSpan.FromSeconds(3));

        await _clock.MoveToAsync(Start.AddSeconds(7));

        Assert.Equal(new[] { 2, 3, 4, 6, 6 }.Select(second => TimeSpan.FromSeconds(second)), seen);
        Assert.Equal(TimeSpan.FromSeconds(7), Passed);

        async Task WatchAsync(TimeSpan step)
        {
            while (true)
            {
                await Task.Delay(step, _clock, Token);
                await HopAsync(1_000);
                lock (seen) seen.Add(Passed);
            }
        }
    }

    [Fact]
    public async Task Rest_WorkInThePool_IsWaitedFor()
    {
        var hops = HopAsync(10_000);

        await _clock.RestAsync();

        Assert.True(hops.IsCompleted);
    }

    private async Task<List<TimeSpan>> WaitAsync(params TimeSpan[] times)
    {
        var seen = new List<TimeSpan>();
        foreach (var time in times)
        {
            await Task.Delay(time, _clock, Token);
            seen.Add(Passed);
        }

        return seen;
    }

    private static async Task HopAsync(int turns)
    {
        for (var turn = 0; turn < turns; turn++) await Task.Yield();
    }

    private static Task Busy(int milliseconds)
    {
        SpinWait.SpinUntil(() => false, milliseconds);
        return Task.CompletedTask;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
