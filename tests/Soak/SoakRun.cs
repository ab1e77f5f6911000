using System.Text.Json;
using Azure.Storage.Queues;
using EndToEnd.Tests.Support;
using JiraSimulator;
using LocalHost.Azurite;
using LocalHost.Functions;
using LocalHost.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Soak;

/// <summary>One run: events of three sites, a schedule of faults, and the balance at the end.</summary>
internal sealed class SoakRun(SimulatedJira jira, Hosts hosts, Network network, HttpClient http, Chaos chaos, CancellationToken cancellationToken)
{
    private const int MostAttempts = 6;
    private const int Burst = 10;

    // Six attempts take longer than any fault, also on a busy machine.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // A run that was killed holds its lease for a minute.
    private static readonly TimeSpan LastPolls = TimeSpan.FromMinutes(2);

    private static readonly TimeProvider Clock = TimeProvider.System;
    private static readonly string[] Sites = [SimulatedSites.Connect, SimulatedSites.OAuth, SimulatedSites.Admin];

    public static async Task<int> RunAsync(int events, int seed, CancellationToken cancellationToken)
    {
        Console.WriteLine($"Seed {seed}");
        var folder = Directory.CreateTempSubdirectory("soak");
        try
        {
            return await RunAsync(folder.FullName, events, seed, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(string folder, int events, int seed, CancellationToken cancellationToken)
    {
        await using var storage = await AzuriteProcess.StartAsync(folder, ["soak"], Console.Out, cancellationToken);
        var jira = new SimulatedJira(Clock, seed) { RetryAfter = RetryAfter };
        var settings = new Dictionary<string, string?> { ["AzureWebJobsStorage"] = storage.ConnectionString("soak") };
        await using var hosts = new Hosts(settings, cancellationToken);
        var root = new Uri($"http://localhost:{LocalHostProcess.FreePort()}");
        await using var server = await ServeAsync(jira, root, cancellationToken);
        SimulatedSites.Add(jira, new Uri($"http://localhost:{hosts.Ports[0]}"));
        foreach (var (name, value) in SimulatedSites.Settings(jira, new Uri(root, "/jira"))) settings[name.Replace(":", "__", StringComparison.Ordinal)] = value;

        using var network = new Network(hosts, Clock);
        var chaos = new Chaos(hosts, network, storage, seed, Clock, cancellationToken);
        using var http = new HttpClient(network) { Timeout = Timeout.InfiniteTimeSpan };
        var run = new SoakRun(jira, hosts, network, http, chaos, cancellationToken);
        var started = Clock.GetTimestamp();
        await run.EmitAsync(events, new Random(seed));
        await run.SettleAsync();
        var balance = new Balance();
        await balance.DrainAsync(new QueueClient(storage.ConnectionString("soak"), "jira-deliveries"), cancellationToken);
        return run.Print(balance, seed, Clock.GetElapsedTime(started));
    }

    private static async Task<WebApplication> ServeAsync(SimulatedJira jira, Uri address, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.AbsoluteUri);
        var server = builder.Build();
        server.MapGroup("/jira").MapJiraSimulator(jira);
        await server.StartAsync(cancellationToken);
        return server;
    }

    private async Task EmitAsync(int events, Random random)
    {
        await hosts.StartAsync(0);
        await CallAsync("/api/sites/globex/refresh");
        await CallAsync("/api/sites/acme/refresh");

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var others = Task.WhenAll(RepeatAsync(() => jira.DeliverDueAsync(http, cancellationToken), stop.Token),
            RepeatAsync(chaos.NextAsync, stop.Token), RepeatAsync(PollAsync, stop.Token));
        while (jira.Ledger.Emitted.Count < events && !others.IsFaulted)
        {
            for (var number = 0; number < Burst; number++)
            {
                var site = Sites[random.Next(Sites.Length)];
                var issue = random.Next(1, 200);
                jira.Emit(site, "jira:issue_updated", $$"""{"timestamp":{{Clock.GetUtcNow().ToUnixTimeMilliseconds()}},"issue":{"id":"{{10_000 + issue}}","key":"SHOP-{{issue}}"},"number":{{random.Next()}} }""");
            }

            await Task.Delay(Pause, Clock, cancellationToken);
        }

        await stop.CancelAsync();
        await others;
    }

    // Nothing goes wrong any more: what is due is delivered, and what is on the failed list is recovered.
    private async Task SettleAsync()
    {
        await hosts.StartAsync(0);
        while (jira.NextDue is not null)
        {
            await jira.DeliverDueAsync(http, cancellationToken);
            await Task.Delay(Pause, Clock, cancellationToken);
        }

        for (var started = Clock.GetTimestamp(); Clock.GetElapsedTime(started) < LastPolls;)
        {
            await CallAsync($"/api/sites/{SimulatedSites.Connect}/recover?minutes=60");
            using var answer = await CallAsync($"/api/sites/{SimulatedSites.Connect}/recover?minutes=60");
            if (answer is not null && await answer.Content.ReadAsStringAsync(cancellationToken) is { } text && JsonDocument.Parse(text).RootElement is var poll
                && poll.TryGetProperty("busy", out var busy) && !busy.GetBoolean() && !poll.TryGetProperty("problem", out _))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), Clock, cancellationToken);
        }
    }

    private async Task RepeatAsync(Func<Task> work, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await work();
            await Task.Delay(Pause, Clock, cancellationToken);
        }
    }

    private async Task PollAsync()
    {
        using var answer = await CallAsync("/admin/functions/PollFailedWebhooks");
        await Task.Delay(TimeSpan.FromSeconds(2), Clock, cancellationToken);
    }

    // Null if the host ends while it answers.
    private async Task<HttpResponseMessage?> CallAsync(string path)
    {
        try
        {
            using var manager = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://localhost:{hosts.Ports[0]}{path}"));
            request.Headers.Add(FunctionKey.Header, LocalHostProcess.Key());
            return await manager.SendAsync(request, cancellationToken);
        }
        catch (Exception ended) when (ended is HttpRequestException or IOException)
        {
            return null;
        }
    }

    private int Print(Balance balance, int seed, TimeSpan took)
    {
        var attempts = jira.Ledger.Attempts.ToLookup(attempt => attempt.Identifier);
        var missing = jira.Ledger.Emitted.Where(emitted => !balance.Has(emitted)).ToList();

        // Jira keeps no list for these sites, and its six attempts were here within seconds, not over 25 minutes or more.
        var givenUp = missing.Where(emitted => emitted.Site != SimulatedSites.Connect && attempts[emitted.Identifier].Count() == MostAttempts).ToList();
        var lost = missing.Except(givenUp).ToList();
        var acknowledged = missing.Count(emitted => attempts[emitted.Identifier].Any(attempt => attempt.Status == 200));
        var wrongBodies = jira.Ledger.Emitted.Count(emitted => balance.Has(emitted) && !balance.HasBody(emitted)) + balance.WithTwoBodies;
        var refused = jira.Ledger.Attempts.Count(attempt => attempt.Status is not (200 or 503 or 0));
        foreach (var emitted in lost.Take(5)) Console.WriteLine($"Lost: {emitted.Site} {emitted.Identifier}, attempts {string.Join(" ", attempts[emitted.Identifier].Select(attempt => attempt.Status))}");
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            seed,
            emitted = jira.Ledger.Emitted.Count,
            messages = balance.Messages,
            repeats = balance.Repeats,
            recovered = balance.Recovered,
            givenUp = givenUp.Count,
            lost = lost.Count,
            acknowledgedAndMissing = acknowledged,
            wrongBodies,
            refused,
            cut = network.Cut,
            faults = chaos.Happened,
            seconds = Math.Round(took.TotalSeconds),
        }));
        return lost.Count + acknowledged + wrongBodies + refused > 0 ? 1 : 0;
    }
}
