using JiraWebhooks.Sites;
using ServiceBusSimulator;
using ServiceBusSimulator.Entities;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>Measures deliveries through the SDK of Service Bus to the simulated bus: how many in a second, and how long the first one takes with and
/// without the warm-up. Server, bus and client are three processes on one machine.</summary>
internal static class BusRun
{
    public const string Topic = "jira-deliveries";
    private const int Connections = 64;
    private const int Starts = 5;

    // No subscription: the bus checks for duplicates, and then forgets the message.
    private const string Config = $$$"""
        {"UserConfig":{"Namespaces":[{"Name":"bus","Topics":[{"Name":"{{{Topic}}}","Properties":{"RequiresDuplicateDetection":true,"DuplicateDetectionHistoryTimeWindow":"PT1M"}}]}]}}
        """;

    /// <summary>Measures <paramref name="rounds"/> rounds of <paramref name="duration"/>, and prints the results.</summary>
    public static async Task<int> RunAsync(int rounds, TimeSpan duration)
    {
        using var bus = MeasuredProcess.Start("bus-server");
        var connection = await bus.ReadLineAsync();
        foreach (var warm in (bool[])[false, true])
        {
            var first = new List<double>();
            for (var start = 0; start < Starts; start++) first.Add(await FirstAsync(connection, warm));
            Print($"first delivery, {(warm ? "after the warm-up" : "without a warm-up")}: median {Median(first):0} ms of {Starts} starts");
        }

        using var server = MeasuredProcess.Start("server", connection, "warm");
        var client = Client(await server.ReadPortAsync());
        client.Run(Connections, TimeSpan.FromSeconds(6), server);
        var results = Enumerable.Range(0, rounds).Select(_ => client.Run(Connections, duration, server)).ToList();
        Print($"4 KB, {Connections} at once, {Environment.ProcessorCount} cores shared with client and bus, medians of {rounds} rounds of {duration.TotalSeconds:0.#} s:");
        Print($"{Median(results.Select(result => result.PerSecond)):0} deliveries/s, p99 {Median(results.Select(result => result.P99Milliseconds)):0.0} ms, server CPU {Median(results.Select(result => result.ServerMicroseconds)):0} us per delivery");
        return 0;
    }

    /// <summary>The process of the bus: prints its connection string, then runs until standard input closes.</summary>
    public static async Task<int> ServeAsync()
    {
        await using var bus = SimulatedServiceBus.Start(EntityConfig.Parse(Config));
        Console.WriteLine(bus.ConnectionString);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task<double> FirstAsync(string connection, bool warm)
    {
        using var server = MeasuredProcess.Start("server", connection, warm ? "warm" : "cold");
        return Client(await server.ReadPortAsync()).First();
    }

    private static LoadClient Client(int port)
    {
        var body = Payloads.Jira(Payloads.Small);
        return LoadSubject.Jira(port, TestSites.Make(SiteScheme.AdminWebhook), body);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
