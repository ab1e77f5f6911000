using System.Globalization;
using System.Net;
using FunctionsApp.Tests.WorkerHost;
using LocalHost.Azurite;

namespace JiraWebhooks.Benchmarks.Worker;

/// <summary>Measures the resident memory of this app's worker while it receives large bodies at once. Only the worker: the real host reads the same
/// bodies, and sends parts of them to the worker over gRPC as well (docs/deploy.md#memory-and-large-bodies).</summary>
internal static class MemoryRun
{
    private const string Account = "benchmark";
    private const int Megabyte = 1024 * 1024;

    /// <summary>Sends the bodies, and prints memory and answers.</summary>
    /// <param name="heapLimit">Limit of the worker's managed heap in megabytes; null for the machine's memory.</param>
    public static async Task<int> RunAsync(int? heapLimit)
    {
        var program = await WorkerProgram.OursAsync();
        await using var azurite = await AzuriteProcess.StartAsync(location: null, [Account], Console.Out, CancellationToken.None);
        var settings = WorkerSite.Settings(azurite.ConnectionString(Account));
        if (heapLimit is { } limit) settings["DOTNET_GCHeapHardLimit"] = ((long)limit * Megabyte).ToString("x", CultureInfo.InvariantCulture);

        await using var host = await FunctionsHost.LaunchAsync(settings, program.Assembly);
        await host.ConnectAsync(CancellationToken.None);
        await host.LoadAsync(CancellationToken.None);
        Console.WriteLine($"\nResident memory of the worker, {(heapLimit is null ? "no heap limit" : $"heap limit {heapLimit} MB")}");
        await DeliverAsync(host, 1, Payloads.Small);
        await DeliverAsync(host, 30, 5 * Megabyte);
        await DeliverAsync(host, 4, 25 * Megabyte);
        return 0;
    }

    // A 503 says that there was no memory for the body in time. Jira sends such a delivery again, and so does this.
    private static async Task DeliverAsync(FunctionsHost host, int count, int size)
    {
        var deliver = WorkerSite.Delivery(Payloads.Jira(size));
        var before = WorkerMemory.Of(host.Worker.Id);
        WorkerMemory.Forget(host.Worker.Id);
        var statuses = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => deliver(host.Client)));
        var peak = WorkerMemory.Of(host.Worker.Id).Peak;
        var again = 0;
        foreach (var _ in statuses.Where(status => status is HttpStatusCode.ServiceUnavailable))
        {
            do again++;
            while (await deliver(host.Client) is HttpStatusCode.ServiceUnavailable);
        }

        var answers = string.Join(", ", statuses.CountBy(status => (int)status).OrderBy(status => status.Key).Select(status => $"{status.Value} x {status.Key}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count,3} x {size / (double)Megabyte:0.###} MB: {before.Now:0} MB before, peak {peak:0} MB; answers {answers}; sent again until all were 200: {again}"));
    }
}
