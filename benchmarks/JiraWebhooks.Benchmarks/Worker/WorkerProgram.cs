using System.Diagnostics;
using LocalHost.Azurite;
using Testing;

namespace JiraWebhooks.Benchmarks.Worker;

/// <summary>A Functions app that was published for a benchmark, as a deployment publishes it.</summary>
/// <param name="Name">Name in the results.</param>
/// <param name="Assembly">Path of its assembly.</param>
internal sealed record WorkerProgram(string Name, string Assembly)
{
    /// <summary>False for the empty app.</summary>
    public bool IsOurs => Path.GetFileName(Assembly) == "FunctionsApp.dll";

    /// <summary>Publishes this app without compiling it ahead of time, as <c>func azure functionapp publish</c> does.</summary>
    public static Task<WorkerProgram> OursAsync() => PublishAsync("this app", Path.Combine("src", "FunctionsApp"), "-p:PublishReadyToRun=false");

    /// <summary>Publishes this app with its assemblies compiled ahead of time, as its publish profile says.</summary>
    public static Task<WorkerProgram> OursCompiledAsync() => PublishAsync("this app, ReadyToRun", Path.Combine("src", "FunctionsApp"));

    /// <summary>Publishes an app of one anonymous function that answers 200.</summary>
    public static Task<WorkerProgram> EmptyAsync() => PublishAsync("empty app", Path.Combine("benchmarks", "EmptyFunctionsApp"));

    // Each has an intermediate folder of its own: a runtime identifier changes what a restore writes, and the next build would restore again.
    private static async Task<WorkerProgram> PublishAsync(string name, string project, params string[] options)
    {
        Console.WriteLine($"Publishing {name}.");
        var folder = Path.Combine(LocalFolder.Path, "benchmarks", name.Replace(",", "", StringComparison.Ordinal).Replace(' ', '-'));
        var output = Path.Combine(folder, "app");
        using var publish = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["publish", Path.Combine(Repository.Root, project), "-c", "Release", "--artifacts-path", Path.Combine(folder, "artifacts"), "-o", output, "-v", "quiet", .. options])
        {
            RedirectStandardOutput = true,
        })!;
        var said = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0
            ? new(name, Path.Combine(output, Path.GetFileName(project) + ".dll"))
            : throw new InvalidOperationException($"{name} cannot be published: {said.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))}");
    }
}
