using System.Globalization;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using EndToEnd.Tests.Support;
using JiraSimulator;
using JiraWebhooks.Subscriber;
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
    [Trait("Rule", "answers")]
    public async Task Run_Ended_LeavesEveryAcknowledgedDeliveryInTheQueue(string signal)
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

        await AssertQueueHasWhatWasAcknowledgedAsync(jira);
    }

    /// <summary>As when the machine's memory runs out, or a container is removed: no process saves anything after the kill.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Run_KilledTogetherWithItsAzurite_LeavesEveryAcknowledgedDeliveryInTheQueue()
    {
        var clock = new FakeTimeProvider();
        var jira = new SimulatedJira(clock);
        var port = LocalHostProcess.FreePort();
        await using var host = await LocalHostProcess.ListeningAsync(port, Initech(jira, port), Token, _clone);
        for (var number = 0; number < 100; number++) jira.Emit("initech", "jira:issue_updated", Event(4_000));
        await jira.DeliverAllAsync(clock, _http, Token);

        using (var kill = System.Diagnostics.Process.Start("sh", ["-c", $"kill -s KILL {host.Process.Id} {await _clone.AzuriteIdAsync(Token)}"])) await kill.WaitForExitAsync(Token);
        await host.EndAsync(Token);

        Assert.Equal(100, jira.Ledger.Attempts.Count(attempt => attempt.Status == 200));
        await AssertQueueHasWhatWasAcknowledgedAsync(jira);
    }

    /// <summary>The simulated Jira forgets its webhooks, and the tables do not.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Run_WithTheSimulatedJira_RegistersAtEachStart()
    {
        var port = LocalHostProcess.FreePort();
        for (var start = 0; start < 2; start++)
        {
            await using var host = await LocalHostProcess.ListeningAsync(port, new Dictionary<string, string?>(), Token, _clone);
            await host.UntilAsync(() => host.Output.Any(line => line.Contains("Refresh of globex: 2 registered", StringComparison.Ordinal)), Token);
            Assert.False(host.Process.HasExited);
            host.Signal("TERM");
            await host.EndAsync(Token);
        }
    }

    /// <summary>Changes and removals too, not only what was added.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Azurite_Killed_HasEveryChangeThatItAnswered()
    {
        await using (var process = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token))
        {
            var queue = new QueueClient(process.ConnectionString("local"), "numbers");
            await queue.CreateAsync(cancellationToken: Token);
            for (var number = 0; number < 40; number++) await queue.SendMessageAsync($"{number}", Token);
            foreach (var message in (await queue.ReceiveMessagesAsync(10, TimeSpan.FromMinutes(5), Token)).Value)
            {
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, Token);
            }

            var tables = new TableServiceClient(process.ConnectionString("local"));
            var rows = tables.GetTableClient("rows");
            await rows.CreateAsync(Token);
            foreach (var row in new[] { "kept", "changed", "removed" }) await rows.AddEntityAsync(new TableEntity("site", row) { ["Number"] = 1 }, Token);
            await rows.UpsertEntityAsync(new TableEntity("site", "changed") { ["Number"] = 2 }, TableUpdateMode.Replace, Token);
            await rows.DeleteEntityAsync("site", "removed", cancellationToken: Token);
            await tables.CreateTableAsync("gone", Token);
            await tables.DeleteTableAsync("gone", Token);
            using var own = System.Diagnostics.Process.GetProcessById(process.Id);
            own.Kill();
            await process.Ended;
        }

        for (var start = 0; start < 2; start++)
        {
            await using var next = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token);
            var numbers = (await new QueueClient(next.ConnectionString("local"), "numbers").PeekMessagesAsync(32, Token)).Value.Select(message => message.Body.ToString());
            Assert.Equal(Enumerable.Range(10, 30).Select(number => number.ToString(CultureInfo.InvariantCulture)).Order(), numbers.Order());
            var tables = new TableServiceClient(next.ConnectionString("local"));
            var rows = new List<(string, int?)>();
            await foreach (var row in tables.GetTableClient("rows").QueryAsync<TableEntity>(cancellationToken: Token)) rows.Add((row.RowKey, row.GetInt32("Number")));
            Assert.Equal([("changed", 2), ("kept", 1)], rows.Order());
            Assert.Empty(tables.Query("TableName eq 'gone'", cancellationToken: Token));
        }
    }

    /// <summary>A full disk: what is answered 200 is in the queue, and the host says why it ends.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Run_DiskIsFull_LosesNothingItAcknowledgedAndEndsWithAnError()
    {
        await using var disk = await SmallDisk.MountAsync(_clone.Data, megabytes: 3);
        var jira = new SimulatedJira(TimeProvider.System);
        var port = LocalHostProcess.FreePort();
        await using var host = await LocalHostProcess.ListeningAsync(port, Initech(jira, port), Token, _clone);
        for (var round = 0; round < 50 && !host.Process.HasExited; round++)
        {
            for (var number = 0; number < 20; number++) jira.Emit("initech", "jira:issue_updated", Event(4_000));
            await jira.DeliverDueAsync(_http, Token);
        }

        await host.UntilAsync(() => host.Process.HasExited || host.Output.Any(line => line.Contains("could not save", StringComparison.Ordinal)), Token);
        await host.EndAsync(Token);

        Assert.Equal(2, host.Process.ExitCode);
        Assert.Contains("ENOSPC", Assert.Single(host.Output, line => line.Contains("could not save", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(jira.Ledger.Attempts, attempt => attempt.Status == 200);
        Assert.All(jira.Ledger.Attempts, attempt => Assert.Contains(attempt.Status, new[] { 200, 503, 0 }));
        Assert.Contains(jira.Ledger.Attempts, attempt => attempt.Status == 503);
        await disk.GrowAsync(megabytes: 64);
        await AssertQueueHasWhatWasAcknowledgedAsync(jira);
    }

    /// <summary>The address of a large body is in its message.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Azurite_StartedAgain_ListensWhereItDid_OrElsewhereIfThatIsTaken()
    {
        // Ports that systems give to no one else while the second one starts.
        Directory.CreateDirectory(_clone.Data);
        var ports = Path.Combine(_clone.Data, "ports");
        await File.WriteAllLinesAsync(ports, new[] { "blob", "queue", "table" }.Select(service => $"{service}={LocalHostProcess.FreePort()}").Append("other=1"), Token);
        string first;
        await using (var process = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token)) first = process.ConnectionString("local");
        Assert.Equal(["blob", "queue", "table"], (await File.ReadAllLinesAsync(ports, Token)).Select(line => line.Split('=')[0]).Order());

        await using (var again = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token)) Assert.Equal(first, again.ConnectionString("local"));

        var blob = new BlobServiceClient(first).Uri.Port;
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, blob);
        taken.Start();
        await using var elsewhere = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token);
        Assert.NotEqual(blob, new BlobServiceClient(elsewhere.ConnectionString("local")).Uri.Port);
    }

    /// <summary>A body that waits in the queue is read after a restart, on whatever port.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Run_LargeBodyBeforeARestart_IsReadAfterIt()
    {
        var clock = new FakeTimeProvider();
        var jira = new SimulatedJira(clock);
        var port = LocalHostProcess.FreePort();
        await using (var host = await LocalHostProcess.ListeningAsync(port, Initech(jira, port), Token, _clone))
        {
            jira.Emit("initech", "jira:issue_updated", Event(100_000));
            await jira.DeliverAllAsync(clock, _http, Token);
            host.Signal("INT");
            await host.EndAsync(Token);
        }

        File.Delete(Path.Combine(_clone.Data, "ports"));
        await using var next = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token);
        var message = (await ReceiveAsync(next))[0];
        Assert.Equal(0, message.Body.ToMemory().Length);
        var body = await new JiraBodies(new BlobServiceClient(next.ConnectionString("local")).GetBlobContainerClient("jira-bodies"))
            .ReadAsync(message, Token);

        Assert.True(jira.Ledger.Emitted.Single().Body.Span.SequenceEqual(body.ToMemory().Span));
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Data_OfAzurite_IsReadableByItsOwnerAlone(bool wasThere)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (wasThere && !OperatingSystem.IsWindows()) Directory.CreateDirectory(_clone.Data, Owner | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        await using var process = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token);

        if (!OperatingSystem.IsWindows()) Assert.Equal(Owner, File.GetUnixFileMode(_clone.Data));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Run_LocalFolder_IsReadableByItsOwnerAlone()
    {
        await using var host = await LocalHostProcess.ListeningAsync(LocalHostProcess.FreePort(), new Dictionary<string, string?>(), Token, _clone);

        var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(Path.GetDirectoryName(_clone.Data)!);
        Assert.Equal(UnixFileMode.None, mode & (UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute));
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
        using (var own = System.Diagnostics.Process.GetProcessById(await _clone.AzuriteIdAsync(Token))) own.Kill();

        await host.EndAsync(Token);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.StartsWith("Azurite has ended", Assert.Single(host.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Output, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    /// <summary>Only one host at a time may use the data.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Run_AfterAKillInTheMiddleOfARefresh_DoesNotWaitForItsLease()
    {
        await using (var before = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token))
        {
            var leases = new TableClient(before.ConnectionString("local"), "leases");
            await leases.CreateAsync(Token);
            foreach (var site in new[] { "acme", "globex" }) await leases.AddEntityAsync(new TableEntity("refresh", site) { ["Seconds"] = (long)TimeSpan.FromDays(1).TotalSeconds }, Token);
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

    private static string Event(int length) => $$"""{"issue":{"id":"10001","key":"{{new string('x', length)}}"} }""";

    private static async Task<List<QueuedDelivery>> ReceiveAsync(AzuriteProcess azurite)
    {
        var queue = new QueueClient(azurite.ConnectionString("local"), "jira-deliveries");
        var all = new List<QueuedDelivery>();
        while ((await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5), Token)).Value is { Length: > 0 } batch)
        {
            all.AddRange(batch.Select(message => QueuedDelivery.Parse(message.Body)));
        }

        return all;
    }

    private async Task AssertQueueHasWhatWasAcknowledgedAsync(SimulatedJira jira)
    {
        await using var next = await AzuriteProcess.StartAsync(_clone.Data, ["local"], TextWriter.Null, Token);
        var there = (await ReceiveAsync(next)).Select(message => (string)message.Properties[EventProperties.Id]).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(jira.Ledger.Attempts.Where(attempt => attempt.Status == 200).Select(attempt => attempt.Identifier).Except(there));
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
