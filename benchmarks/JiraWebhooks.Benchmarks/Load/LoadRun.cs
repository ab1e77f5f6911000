using System.Diagnostics;
using System.Globalization;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>Compares (a) bare Kestrel, (b) this app's endpoint per scheme and (c) Octokit.Webhooks. Rounds alternate and ratios are computed
/// within a round, so that other load on the machine affects all equally; the result is the medians.</summary>
internal static class LoadRun
{
    private const int Connections = 32;

    // Long enough for the JIT's second tier.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    /// <summary>Measures <paramref name="rounds"/> rounds of <paramref name="duration"/> for each subject and body size, and prints the results.</summary>
    public static async Task<int> RunAsync(int rounds, TimeSpan duration)
    {
        using var server = MeasuredProcess.Start("server");
        var port = int.Parse(await server.ReadLineAsync(), CultureInfo.InvariantCulture);
        Console.WriteLine($"{Environment.ProcessorCount} cores shared with the client, {Connections} connections, medians of {rounds} rounds of {duration.TotalSeconds:0.#} s");
        foreach (var size in (int[])[Payloads.Small, Payloads.Medium, Payloads.Large])
        {
            var subjects = LoadSubject.All(port, size);
            Print(size, subjects, Measure(subjects, server.Process, rounds, duration));
        }

        return 0;
    }

    private static LoadResult[][] Measure(IReadOnlyList<LoadSubject> subjects, Process server, int rounds, TimeSpan duration)
    {
        foreach (var subject in subjects) subject.Client.Run(Connections, WarmUp, server);

        return [.. Enumerable.Range(0, rounds).Select(_ => subjects.Select(subject => subject.Client.Run(Connections, duration, server)).ToArray())];
    }

    private static void Print(int size, IReadOnlyList<LoadSubject> subjects, LoadResult[][] rounds)
    {
        Console.WriteLine($"\n{size / 1024} KB body          requests/s    p99 ms   server CPU us      to a      to c");
        for (var i = 0; i < subjects.Count; i++)
        {
            var at = i;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{subjects[at].Name,-18} {Median(round => round[at].PerSecond),12:0} {Median(round => round[at].P99Milliseconds),9:0.00} {Median(round => round[at].ServerMicroseconds),15:0.0} {Median(round => round[at].PerSecond / round[0].PerSecond),9:0.00} {Median(round => round[at].PerSecond / round[^1].PerSecond),9:0.00}"));
        }

        double Median(Func<LoadResult[], double> value)
        {
            var sorted = rounds.Select(value).Order().ToList();
            return sorted[sorted.Count / 2];
        }
    }
}
