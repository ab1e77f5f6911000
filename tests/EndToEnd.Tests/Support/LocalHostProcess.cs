using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EndToEnd.Tests.Support;

/// <summary>LocalHost as a user starts it: a process of its own.</summary>
internal sealed class LocalHostProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LocalHostProcess(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", [Assembly, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        Process = new Process { StartInfo = start, EnableRaisingEvents = true };
        Process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        Process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        Process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException("LocalHost ended: " + string.Join('\n', _errors)));
        Process.Start();
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
    }

    public Process Process { get; }

    public IReadOnlyCollection<string> Output => _output;

    public IReadOnlyCollection<string> Errors => _errors;

    private static string Assembly => Path.Combine(AppContext.BaseDirectory, "LocalHost.dll");

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<LocalHostProcess> ListeningAsync(int port, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        var process = new LocalHostProcess(["--port", $"{port}"], environment);
        await process._listening.Task.WaitAsync(cancellationToken);
        return process;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<LocalHostProcess> EndedAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        var process = new LocalHostProcess(arguments, environment);
        _ = process._listening.Task.ContinueWith(task => task.Exception, TaskScheduler.Default);
        await process.Process.WaitForExitAsync(cancellationToken);
        process.Process.WaitForExit();
        return process;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public ValueTask DisposeAsync()
    {
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        Process.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is null) return;

        lines.Enqueue(line);
        if (line.StartsWith("Listening on", StringComparison.Ordinal)) _listening.TrySetResult();
    }
}
