using Azure.Storage.Queues;
using EndToEnd.Tests.Support;
using JiraSimulator;
using LocalHost.Azurite;
using LocalHost.Simulation;
using Microsoft.AspNetCore.Builder;
using ServiceBusSimulator;
using ServiceBusSimulator.Entities;

namespace Soak;

/// <summary>Builds a run, and judges it.</summary>
internal static class SoakCommand
{
    private const string Account = "soak";

    // Six attempts take longer than any fault, also on a busy machine.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeProvider Clock = TimeProvider.System;

    public static async Task<int> RunAsync(int events, int seed, bool withBus, int mostPending, CancellationToken cancellationToken)
    {
        Console.WriteLine($"Seed {seed}{(FakeClocks.Work ? "" : "; clocks are not shifted, because libfaketime is missing (apt install faketime)")}");
        var folder = Directory.CreateTempSubdirectory("soak");
        try
        {
            return await RunAsync(folder.FullName, events, seed, withBus, mostPending, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(string folder, int events, int seed, bool withBus, int mostPending, CancellationToken cancellationToken)
    {
        await using var bus = withBus ? SimulatedServiceBus.Start(EntityConfig.Parse(BusDrain.Config)) : null;
        await using var storage = await AzuriteProcess.StartAsync(Path.Combine(folder, "azurite"), [Account], Console.Out, cancellationToken);
        var jira = new SimulatedJira(Clock, seed) { RetryAfter = RetryAfter };
        var settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage.ConnectionString(Account),
            ["TokenFolder"] = Path.Combine(folder, "tokens"),
            ["ServiceBus"] = bus?.ConnectionString,
        };
        var clocks = new FakeClocks(folder);
        await using var hosts = new Hosts(settings, withBus ? ["--bus"] : [], clocks, cancellationToken);
        var port = LocalHostProcess.FreePort();
        await using var server = await LocalServer.StartAsync(port, server => server.MapGroup("/jira").MapJiraSimulator(jira), cancellationToken);
        SimulatedSites.Add(jira, new Uri($"http://localhost:{hosts.Ports[0]}"));
        foreach (var (name, value) in SimulatedSites.Settings(jira, new Uri($"http://localhost:{port}/jira")))
        {
            // The site whose secret rotates is added over the API.
            if (!name.StartsWith($"Sites:{SimulatedSites.Admin}:", StringComparison.Ordinal)) settings[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        using var network = new Network(hosts, Clock);
        var chaos = new Chaos(hosts, clocks, network, storage, jira, bus?.Faults, seed, Clock, cancellationToken);
        using var http = new HttpClient(network) { Timeout = Timeout.InfiniteTimeSpan };
        using var calls = new ManagementCalls(hosts);
        var rotation = new Rotation(jira.Sites.Single(site => site.Options.Slug == SimulatedSites.Admin), calls, Clock);
        var balance = new Balance();
        await using IDrain drain = bus is null ? new QueueDrain(new QueueClient(storage.ConnectionString(Account), "jira-deliveries"), balance) : new BusDrain(bus.ConnectionString, balance);
        var run = new SoakRun(jira, hosts, http, calls, chaos, rotation, drain, balance, mostPending, cancellationToken);

        var started = Clock.GetTimestamp();
        await run.EmitAsync(events, new Random(seed));
        await run.SettleAsync();
        var report = new Dictionary<string, object>
        {
            ["seed"] = seed,
            ["seconds"] = Math.Round(Clock.GetElapsedTime(started).TotalSeconds),
            ["faults"] = chaos.Happened,
            ["cut"] = network.Cut,
            ["rotations"] = rotation.Done,
        };
        return new SoakReport(jira, balance).Print(report, isBus: withBus) ? 0 : 1;
    }
}
