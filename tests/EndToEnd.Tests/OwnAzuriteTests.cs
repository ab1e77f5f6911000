using System.Globalization;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using EndToEnd.Tests.Support;
using JiraSimulator;
using JiraWebhooks.Publishing;
using LocalHost.Azurite;
using Microsoft.Extensions.Time.Testing;

namespace EndToEnd.Tests;

/// <summary>LocalHost with the Azurite of its own, as README has it: what was answered 200 is there after the next start, however the last one ended.</summary>
public sealed class OwnAzuriteTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private Clone _clone = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes are ended by signals.");
        await azurite.NewAccountAsync();
        _clone = new Clone();
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _clone?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("KILL")]
    public async Task Run_Ended_LeavesEveryAcknowledgedDeliveryInTheQueue_Rule21(string signal)
    {
        var clock = new FakeTimeProvider();
        var jira = new SimulatedJira(clock);
        var port = LocalHostProcess.FreePort();
        await using var host = await LocalHostProcess.ListeningAsync(port, Initech(jira, port), Token, _clone);
        for (var number = 0; number < 5; number++) jira.Emit("initech", "jira:issue_updated", $$"""{"issue":{"id":"{{number}}"} }""");
        await jira.DeliverAllAsync(clock, _http, Token);
        Assert.Equal(5, jira.Ledger.Attempts.Count(attempt => attempt.Status == 200));

        host.Signal(signal);
        await host.EndAsync(Token);

        await using var next = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token);
        var queue = new QueueClient(next.ConnectionString("local"), "jira-deliveries");
        var batch = await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5), Token);
        Assert.Equal(
            jira.Ledger.Emitted.Select(emitted => emitted.Identifier).Order(),
            batch.Value.Select(message => (string)QueuedDelivery.Parse(message.Body).Properties[MessageProperties.Id]).Distinct().Order());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Run_WhileAnotherUsesTheData_SaysSoInOneSentence()
    {
        await using var first = await LocalHostProcess.ListeningAsync(LocalHostProcess.FreePort(), new Dictionary<string, string?>(), Token, _clone);

        await using var second = await LocalHostProcess.EndedAsync(["--port", $"{LocalHostProcess.FreePort()}"], new Dictionary<string, string?>(), Token, _clone);

        Assert.Equal(1, second.Process.ExitCode);
        Assert.StartsWith("Another LocalHost uses the data in ", Assert.Single(second.Errors), StringComparison.Ordinal);
        Assert.False(first.Process.HasExited);
    }

    /// <summary>A terminal's Ctrl-C reaches Azurite too: it must still be there for the last deliveries.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Azurite_SignalsOfTheTerminal_EndItNot()
    {
        await using var process = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token);
        foreach (var signal in new[] { "INT", "HUP", "QUIT" })
        {
            using var kill = System.Diagnostics.Process.Start("sh", ["-c", $"kill -s {signal} {process.Id}"]);
            await kill.WaitForExitAsync(Token);
        }

        await new QueueClient(process.ConnectionString("local"), "still-there").CreateIfNotExistsAsync(cancellationToken: Token);
        Assert.False(process.Ended.IsCompleted);
    }

    /// <summary>A signal to the whole group reaches Azurite before its host has ended.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Azurite_ToldToEndBySignalAndByItsHost_SavesOnceAndToTheEnd()
    {
        await using (var process = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token))
        {
            var queue = new QueueClient(process.ConnectionString("local"), "kept");
            await queue.CreateAsync(cancellationToken: Token);
            for (var number = 0; number < 20; number++) await queue.SendMessageAsync($"{number}", Token);
            using var kill = System.Diagnostics.Process.Start("sh", ["-c", $"kill -s TERM {process.Id}"]);
            await kill.WaitForExitAsync(Token);
        }

        await using var next = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token);
        var batch = await new QueueClient(next.ConnectionString("local"), "kept").ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5), Token);
        Assert.Equal(20, batch.Value.Length);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Run_AzuriteEnds_SaysSoInOneSentenceAndEnds()
    {
        var jira = new SimulatedJira(new FakeTimeProvider());
        var port = LocalHostProcess.FreePort();
        await using var host = await LocalHostProcess.ListeningAsync(port, Initech(jira, port), Token, _clone);
        using (var own = System.Diagnostics.Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(Path.Combine(_clone.Data, "azurite.pid"), Token), CultureInfo.InvariantCulture))) own.Kill();

        await host.EndAsync(Token);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.StartsWith("Azurite, which keeps the queue, has ended", Assert.Single(host.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Output, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    /// <summary>Nobody else can be at work on data that one host at a time may use.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Run_AfterAKillInTheMiddleOfARefresh_DoesNotWaitForItsLease()
    {
        await using (var before = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token))
        {
            var leases = new TableClient(before.ConnectionString("local"), "leases");
            await leases.CreateAsync(Token);
            foreach (var site in new[] { "acme", "globex" }) await leases.AddEntityAsync(new TableEntity("refresh", site) { ["ExpiresAt"] = DateTimeOffset.MaxValue }, Token);
        }

        var port = LocalHostProcess.FreePort();
        await using var host = await LocalHostProcess.ListeningAsync(port, new Dictionary<string, string?>(), Token, _clone);
        await host.UntilAsync(() => host.Output.Count(line => line.Contains("Refresh of ", StringComparison.Ordinal)) == 2, Token);

        Assert.All(host.Output.Where(line => line.Contains("Refresh of ", StringComparison.Ordinal)), line => Assert.Contains("2 registered", line, StringComparison.Ordinal));
    }

    /// <summary>After a restart of the machine the number may be anybody's.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Data_LeftWithTheNumberOfAProcessThatBeganLater_IsTakenAtOnce()
    {
        Directory.CreateDirectory(_clone.Data);
        var left = Path.Combine(_clone.Data, "azurite.pid");
        await File.WriteAllTextAsync(left, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), Token);
        File.SetLastWriteTimeUtc(left, DateTime.UnixEpoch);

        var taking = DataFolder.TakeAsync(_clone.Data, Token);
        Assert.True(taking.IsCompleted);

        using var data = await taking;
        await Assert.ThrowsAsync<AzuriteException>(() => DataFolder.TakeAsync(_clone.Data, Token));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Run_NodeTooOld_SaysSoInOneSentence()
    {
        var old = Path.Combine(_clone.Data, "..", "old.cjs");
        await File.WriteAllTextAsync(old, "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.19.0' } });", Token);

        await using var host = await LocalHostProcess.EndedAsync([], new Dictionary<string, string?> { ["NODE_OPTIONS"] = $"--require {old}" }, Token, _clone);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.Contains("Node.js 20", Assert.Single(host.Errors), StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Initech(SimulatedJira jira, int port)
    {
        var site = jira.AddSite(new SimulatedSiteOptions("initech", SimulatedAuth.AdminWebhook) { AdminWebhookUrl = new Uri($"http://localhost:{port}/api/deliveries/initech") });
        return new()
        {
            ["Sites__initech__Url"] = site.Options.Url,
            ["Sites__initech__Scheme"] = "AdminWebhook",
            ["Sites__initech__Secret"] = site.Options.Secret,
        };
    }
}
