using System.Globalization;
using System.Net;
using LocalHost.Azurite;

namespace JiraWebhooks.Benchmarks.Worker;

/// <summary>Compares the start of this app's worker with that of an empty app on the same packages. Each start is a process of its own, driven by an
/// imitation of the Functions host; the starts alternate, so that other load on the machine affects all equally.</summary>
internal static class StartRun
{
    private const string Account = "benchmark";

    /// <summary>Measures <paramref name="runs"/> starts of each app, and prints the results.</summary>
    public static async Task<int> RunAsync(int runs)
    {
        List<WorkerProgram> programs = [await WorkerProgram.OursAsync(), await WorkerProgram.EmptyAsync()];
        try
        {
            programs.Add(await WorkerProgram.OursCompiledAsync());
        }
        catch (InvalidOperationException failed)
        {
            Console.WriteLine(failed.Message); // the compiler is a package that not every feed has
        }

        await using var azurite = await AzuriteProcess.StartAsync(location: null, [Account], Console.Out, CancellationToken.None);
        var settings = WorkerSite.Settings(azurite.ConnectionString(Account));
        var delivery = WorkerSite.Delivery(Payloads.Jira(Payloads.Small));

        // The first round warms up the files in memory, the storage and this process.
        var starts = programs.ToDictionary(program => program, _ => new List<WorkerStart>());
        for (var run = 0; run <= runs; run++)
        {
            foreach (var program in programs)
            {
                var start = await WorkerStart.MeasureAsync(program, settings, program.IsOurs ? delivery : EmptyAsync);
                if (run > 0) starts[program].Add(start);
            }
        }

        Console.WriteLine($"\n{Environment.ProcessorCount} cores shared with host and storage, {runs} starts each: median (least to most)");
        Console.WriteLine("Times are milliseconds since the start of the process.\n");
        Console.WriteLine($"{"",-21} {"stream opened",21} {"functions loaded",21} {"first 200",21} {"peak RSS, MB",21}");
        foreach (var program in programs)
        {
            var of = starts[program];
            Func<WorkerStart, double>[] columns = [start => start.Called, start => start.Loaded, start => start.Answered, start => start.PeakMegabytes];
            Console.WriteLine($"{program.Name,-21} {string.Join(' ', columns.Select(column => $"{Text(of, column),21}"))}");
        }

        return 0;
    }

    private static async Task<HttpStatusCode> EmptyAsync(HttpClient client)
    {
        using var response = await client.PostAsync(new Uri(TestSites.Options.PublicBaseUrl, "/api/empty"), null);
        return response.StatusCode;
    }

    private static string Text(IEnumerable<WorkerStart> starts, Func<WorkerStart, double> value)
    {
        var sorted = starts.Select(value).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Count / 2]:0} ({sorted[0]:0} to {sorted[^1]:0})");
    }
}
