using System.Diagnostics;
using System.Net;
using FunctionsApp.Tests.WorkerHost;
using FunctionsApp.Tests.WorkerHost.Rpc;

namespace JiraWebhooks.Benchmarks.Worker;

/// <summary>One start of a worker, in milliseconds since its process was started.</summary>
/// <param name="Called">It has opened the stream to the host.</param>
/// <param name="Loaded">All its functions are loaded.</param>
/// <param name="Answered">It has answered the first request with 200.</param>
/// <param name="PeakMegabytes">The largest resident memory until then.</param>
internal readonly record struct WorkerStart(double Called, double Loaded, double Answered, double PeakMegabytes)
{
    /// <summary>Starts <paramref name="program"/>, sends it <paramref name="request"/> until it answers 200, and ends it.</summary>
    public static async Task<WorkerStart> MeasureAsync(
        WorkerProgram program, IEnumerable<KeyValuePair<string, string?>> settings, Func<HttpClient, Task<HttpStatusCode>> request)
    {
        await using var host = await FunctionsHost.LaunchAsync(settings, program.Assembly);
        await host.ConnectAsync(CancellationToken.None);
        var called = Milliseconds(host);
        await host.LoadAsync(CancellationToken.None);
        var loaded = Milliseconds(host);
        if (host.Loaded.Values.Any(result => result.Status is not StatusResult.Types.Status.Success))
        {
            throw new InvalidOperationException($"{program.Name} has not loaded all functions.");
        }

        while (await request(host.Client) is var status && status is not HttpStatusCode.OK)
        {
            // A machine that is busy enough takes longer than the app gives a delivery; Jira would send it again.
            if (status is not HttpStatusCode.ServiceUnavailable) throw new InvalidOperationException($"{program.Name} has answered {status}.");
        }

        var answered = Milliseconds(host);
        return new(called, loaded, answered, WorkerMemory.Of(host.Worker.Id).Peak);
    }

    private static double Milliseconds(FunctionsHost host) => Stopwatch.GetElapsedTime(host.Worker.Started).TotalMilliseconds;
}
