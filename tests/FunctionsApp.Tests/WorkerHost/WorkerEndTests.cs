using FunctionsApp.Tests.WorkerHost.Rpc;

namespace FunctionsApp.Tests.WorkerHost;

/// <summary>How the published app ends: by itself, by force and on request.</summary>
[Collection(Alone.Name)]
public sealed class WorkerEndTests(AzuriteFixture azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Who ends a run.</summary>
    public enum EndedBy
    {
        /// <summary>SIGTERM to the worker's process.</summary>
        Signal,

        /// <summary>The host's message to the worker.</summary>
        Message,

        /// <summary>The host's message about the run.</summary>
        Host,
    }

    [Fact(Timeout = Alone.Limit)]
    public async Task Start_WithWrongSettings_EndsWith1AndOneLine()
    {
        await using var world = await WorkerWorld.NewAsync(azurite);
        world.Settings["Publisher"] = "hunter2";
        world.Settings["RefreshSchedule"] = "hunter2";
        world.Settings["PollSchedule"] = "";
        world.Settings["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "hunter2";
        world.Settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = "hunter2";

        await using var host = await FunctionsHost.LaunchAsync(world.Settings);
        await host.Worker.Ended.WaitAsync(Token);

        Assert.Equal(1, host.Worker.ExitCode);
        var line = Assert.Single(host.Worker.Errors);
        Assert.Matches("^Error: the settings are invalid: Publisher [^;]+; RefreshSchedule [^;]+; PollSchedule [^;]+; APPLICATIONINSIGHTS_CONNECTION_STRING [^\n]+; OTEL_EXPORTER_OTLP_ENDPOINT [^;]+$", line);
        Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
    }

    [Fact(Timeout = Alone.Limit)]
    public async Task Kill_InTheMiddleOfADelivery_GivesTheCallerNoAnswer()
    {
        await using var world = await WorkerWorld.NewAsync(azurite);
        var publishing = world.HoldQueuesAsync();
        await using var host = await FunctionsHost.StartAsync(world.Settings, Token);
        var delivery = WorkerWorld.DeliverAsync(host.Client, world.Secret, Token);
        await publishing.WaitAsync(Token);

        host.Worker.Kill();

        Assert.Equal(0, await delivery);
    }

    [Theory(Timeout = Alone.Limit)]
    [InlineData("RefreshWebhooks", EndedBy.Signal)]
    [InlineData("RefreshWebhooks", EndedBy.Message)]
    [InlineData("RefreshWebhooks", EndedBy.Host)]
    [InlineData("PollFailedWebhooks", EndedBy.Signal)]
    [InlineData("PollFailedWebhooks", EndedBy.Message)]
    [InlineData("PollFailedWebhooks", EndedBy.Host)]
    public async Task End_DuringATimersRun_IsReportedAsCancelled(string function, EndedBy end)
    {
        Assert.SkipWhen(end is EndedBy.Signal && OperatingSystem.IsWindows(), "There is no SIGTERM.");
        await using var world = await WorkerWorld.NewAsync(azurite);
        await using var host = await FunctionsHost.StartAsync(world.Settings, Token);
        var asking = world.HoldAsync();
        var run = host.FireAsync(function, "1", Token);
        await asking.WaitAsync(Token);

        if (end is EndedBy.Signal) host.Worker.Terminate();
        if (end is EndedBy.Message) await host.TerminateAsync();
        if (end is EndedBy.Host) await host.CancelAsync("1");

        Assert.Equal(StatusResult.Types.Status.Cancelled, (await run).Result.Status);
        if (end is EndedBy.Host) await host.TerminateAsync();
        await host.Worker.Ended.WaitAsync(Token);
        Assert.Equal(0, host.Worker.ExitCode);
        Assert.Empty(host.Worker.Errors);
    }
}
