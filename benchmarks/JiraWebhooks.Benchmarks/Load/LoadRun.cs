using System.Globalization;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>Compares (a) bare Kestrel, (b) this app's endpoint per scheme, (c) Octokit.Webhooks and, if their tools are on this machine, (d) Express
/// with jsonwebtoken and (e) Debian's webhook. Rounds alternate and ratios are computed within a round, so that other load on the machine affects
/// all equally; the result is the medians.</summary>
internal static class LoadRun
{
    private const int Connections = 32;

    // Long enough for the JIT's second tier.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    /// <summary>Measures <paramref name="rounds"/> rounds of <paramref name="duration"/> for each subject and body size, and prints the results.</summary>
    public static async Task<int> RunAsync(int rounds, TimeSpan duration)
    {
        using var server = Cores.First(() => MeasuredProcess.Start("server"));
        var port = await server.ReadPortAsync();
        var rivals = await Rival.StartAllAsync();
        try
        {
            var cores = Cores.CanSplit ? "servers on one core, the client on another" : $"{Environment.ProcessorCount} cores shared with the client";
            Console.WriteLine($"{cores}, {Connections} connections, medians of {rounds} rounds of {duration.TotalSeconds:0.#} s");
            Console.WriteLine("Express: verifies a JWT, on one thread, with the secret as text (as in its documentation) or as a key object.");
            Console.WriteLine("webhook: verifies X-Hub-Signature, parses the body, and starts a command per request, whose CPU counts. \"No command\" names one that does not exist.");
            foreach (var size in (int[])[Payloads.Small, Payloads.Medium, Payloads.Large])
            {
                var subjects = LoadSubject.All(port, server, rivals, size);
                Print(size, subjects, Measure(subjects, rounds, duration));
            }
        }
        finally
        {
            foreach (var rival in rivals) rival.Dispose();
        }

        return 0;
    }

    private static LoadResult[][] Measure(IReadOnlyList<LoadSubject> subjects, int rounds, TimeSpan duration)
    {
        foreach (var subject in subjects) subject.Run(Connections, WarmUp);

        return [.. Enumerable.Range(0, rounds).Select(_ => subjects.Select(subject => subject.Run(Connections, duration)).ToArray())];
    }

    private static void Print(int size, IReadOnlyList<LoadSubject> subjects, LoadResult[][] rounds)
    {
        var octokit = subjects.Index().Single(subject => subject.Item.Name == LoadSubject.Octokit).Index;
        Console.WriteLine($"\n{size / 1024 + " KB body",-23} {"requests/s",10} {"p50 ms",8} {"p99 ms",8} {"server CPU us",14} {"allocated B",12} {"to a",6} {"to c",6}");
        foreach (var (i, subject) in subjects.Index())
        {
            double Of(Func<LoadResult, double> value) => Median(round => value(round[i]));
            double To(int other) => Median(round => round[i].PerSecond / round[other].PerSecond);
            var allocated = rounds[0][i].Allocated is null ? "-" : Of(result => result.Allocated!.Value).ToString("0", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{subject.Name,-23} {Of(result => result.PerSecond),10:0} {Of(result => result.P50Milliseconds),8:0.00} {Of(result => result.P99Milliseconds),8:0.00} "
                + $"{Of(result => result.ServerMicroseconds),14:0.0} {allocated,12} {To(0),6:0.00} {To(octokit),6:0.00}"));
        }

        double Median(Func<LoadResult[], double> value)
        {
            var sorted = rounds.Select(value).Order().ToList();
            return sorted[sorted.Count / 2];
        }
    }
}
