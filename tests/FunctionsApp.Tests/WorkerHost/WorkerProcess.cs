using System.Collections.Concurrent;
using System.Diagnostics;

namespace FunctionsApp.Tests.WorkerHost;

/// <summary>The published app as the Functions host starts it: a process of its own, its settings in the environment.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();

    public WorkerProcess(Uri host, IEnumerable<KeyValuePair<string, string?>> settings, string program)
    {
        Folder = Path.GetDirectoryName(program)!;
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            [
                program, "--functions-uri", host.AbsoluteUri, "--functions-request-id", "1", "--functions-worker-id", "1",
                "--functions-grpc-max-message-length", "2147483647",
            ])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = Folder;
        foreach (var (name, value) in settings) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        Started = TimeProvider.System.GetTimestamp();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Ended = _process.WaitForExitAsync();
    }

    /// <summary>Our app, where the build of the tests has published it to.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "worker", "FunctionsApp.dll");

    /// <summary>The folder of the published app.</summary>
    public string Folder { get; }

    /// <summary>When the process was started.</summary>
    public long Started { get; }

    public int Id => _process.Id;

    /// <summary>Ends when the process has, and all it has said was read.</summary>
    public Task Ended { get; }

    public int ExitCode => _process.ExitCode;

    /// <summary>The lines of stderr.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public void Kill() => _process.Kill();

    /// <summary>Asks it to end, as an init system does.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("sh", ["-c", $"kill -s TERM {_process.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await Ended;
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (!string.IsNullOrEmpty(line)) _errors.Enqueue(line);
    }
}
