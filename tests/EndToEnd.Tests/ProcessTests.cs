using System.Diagnostics;
using System.Globalization;
using System.Net;
using Azure.Storage.Queues;
using EndToEnd.Tests.Support;
using JiraSimulator;
using JiraWebhooks.Subscriber;
using Microsoft.Extensions.Time.Testing;

namespace EndToEnd.Tests;

/// <summary>LocalHost as a process: how it starts, what it says when it cannot, and what is left when it is killed.</summary>
public sealed class ProcessTests(AzuriteFixture azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    [Trait("Rule", "answers")]
    public async Task Run_KilledInTheMiddle_EveryAcknowledgedDeliveryIsInTheQueue()
    {
        var storage = await azurite.NewAccountAsync();
        var port = LocalHostProcess.FreePort();
        var jira = new SimulatedJira(new FakeTimeProvider());
        var site = jira.AddSite(new SimulatedSiteOptions("initech", SimulatedAuth.AdminWebhook) { AdminWebhookUrl = new Uri($"http://localhost:{port}/api/deliveries/initech") });
        var environment = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage,
            ["Sites__initech__Url"] = site.Options.Url,
            ["Sites__initech__Scheme"] = "AdminWebhook",
            ["Sites__initech__Secret"] = site.Options.Secret,
        };
        await using var host = await LocalHostProcess.ListeningAsync(port, environment, Token);
        using var http = new HttpClient(new KillsAfter(100, host) { InnerHandler = new SocketsHttpHandler() });
        for (var number = 0; number < 400; number++) jira.Emit("initech", "jira:issue_updated", $$"""{"issue":{"id":"{{number}}"} }""");

        await jira.DeliverDueAsync(http, Token);

        var acknowledged = jira.Ledger.Attempts.Where(attempt => attempt.Status == 200).Select(attempt => attempt.Identifier).ToHashSet();
        var queued = await QueuedAsync(storage);
        Assert.InRange(acknowledged.Count, 100, 399);
        Assert.Subset(queued, acknowledged);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Run_Killed_TakesItsAzuriteWithIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Children of a process are read from /proc.");
        await azurite.NewAccountAsync();
        using var clone = new Clone();
        await using var host = await LocalHostProcess.ListeningAsync(LocalHostProcess.FreePort(), new Dictionary<string, string?>(), Token, clone);
        var all = Directory.GetDirectories($"/proc/{host.Process.Id}/task").SelectMany(Children).Distinct().ToList();
        Assert.True(all.Count == 1, $"The children are {string.Join(", ", all)}.");
        using var child = Process.GetProcessById(int.Parse(all[0], CultureInfo.InvariantCulture));

        host.Process.Kill();

        await child.WaitForExitAsync(Token);
        Assert.True(child.HasExited);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Run_NodeMissing_SaysSoInOneSentence()
    {
        await azurite.NewAccountAsync();
        using var clone = new Clone();

        await using var host = await LocalHostProcess.EndedAsync([], new Dictionary<string, string?> { ["PATH"] = "/nonexistent" }, Token, clone);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.StartsWith("node is missing: install Node.js 20", Assert.Single(host.Errors), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Run_WithAConnectSite_SaysOnceThatConnectEnds()
    {
        var environment = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = await azurite.NewAccountAsync(),
            ["Sites__globex__Url"] = "https://globex.atlassian.net",
            ["Sites__globex__Scheme"] = "Connect",
            ["Sites__globex__AppKey"] = "app",
            ["Sites__globex__ClientKey"] = "tenant",
            ["Sites__globex__Secret"] = "a-secret-of-the-test",
        };
        await using var host = await LocalHostProcess.ListeningAsync(LocalHostProcess.FreePort(), environment, Token);
        await host.UntilAsync(() => Notices().Any(), Token);

        Assert.StartsWith("warn: ", Assert.Single(Notices()), StringComparison.Ordinal);

        IEnumerable<string> Notices() => host.Output.Where(line => line.Contains("Connect is in use at: globex. ", StringComparison.Ordinal));
    }

    private static string[] Children(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            // The thread has ended.
            return [];
        }
    }

    private static async Task<HashSet<string>> QueuedAsync(string storage)
    {
        var queue = new QueueClient(storage, "jira-deliveries");
        var all = new HashSet<string>();
        while ((await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5), Token)).Value is { Length: > 0 } batch)
        {
            all.UnionWith(batch.Select(message => (string)QueuedDelivery.Parse(message.Body).Properties[EventProperties.Id]));
        }

        return all;
    }

    /// <summary>Kills the host as soon as it has answered so many requests with 200.</summary>
    private sealed class KillsAfter(int answers, LocalHostProcess host) : DelegatingHandler
    {
        private int _answers;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK && Interlocked.Increment(ref _answers) == answers) host.Process.Kill();
            return response;
        }
    }
}
