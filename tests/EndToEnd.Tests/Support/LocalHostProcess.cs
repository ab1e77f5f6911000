using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LocalHost.Azurite;

namespace EndToEnd.Tests.Support;

/// <summary>LocalHost as a user starts it: a process of its own.</summary>
internal sealed class LocalHostProcess : IAsyncDisposable
{
    // Once a year: a timer that fires in the middle of a test has its part in what the test sees.
    private const string Never = "0 0 0 1 1 *";

    private const string BusPrefix = "Connection string of this bus, for your subscriber: ";

    // Another run of tests looks for ports in the same range, so each given one is held, by the UDP socket of the same number.
    private static readonly ConcurrentBag<Socket> Given = [];

    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LocalHostProcess(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, Clone? clone)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            [clone?.Assembly ?? Path.Combine(AppContext.BaseDirectory, "LocalHost.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment.Prepend(new("RefreshSchedule", Never)).Prepend(new("PollSchedule", Never))) start.Environment[name] = value;
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

    /// <summary>The connection string of its bus, once it is printed.</summary>
    public string? Bus => _output.FirstOrDefault(line => line.StartsWith(BusPrefix, StringComparison.Ordinal))?[BusPrefix.Length..];

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<LocalHostProcess> ListeningAsync(
        int port, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken, Clone? clone = null, params string[] arguments)
    {
        var process = new LocalHostProcess(["--port", $"{port}", .. arguments], environment, clone);
        await process.OrKilledAsync(process._listening.Task.WaitAsync(cancellationToken));
        return process;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<LocalHostProcess> EndedAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken, Clone? clone = null)
    {
        var process = Started(arguments, environment, clone);
        await process.OrKilledAsync(process.EndAsync(cancellationToken));
        return process;
    }

    /// <summary>Starts it.</summary>
    public static LocalHostProcess Started(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, Clone? clone)
    {
        var process = new LocalHostProcess(arguments, environment, clone);
        _ = process._listening.Task.ContinueWith(task => task.Exception, TaskScheduler.Default);
        return process;
    }

    /// <summary>Waits until <paramref name="happened"/>, or the process has ended.</summary>
    public async Task UntilAsync(Func<bool> happened, CancellationToken cancellationToken)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (!happened() && !Process.HasExited) await look.WaitForNextTickAsync(cancellationToken);
    }

    /// <summary>The key that the processes outside of a clone of their own share, after the first of them has made it.</summary>
    public static string Key() => File.ReadAllText(Path.Combine(LocalFolder.Path, "key")).Trim();

    /// <summary>Sends a signal by its name, as a terminal or an init system does.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -s {name} {Process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end, and for all it has said.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await Process.WaitForExitAsync(cancellationToken);
        Process.WaitForExit();
    }

    /// <summary>A port that nothing listens on. It is none of those that systems give to outgoing connections and to listeners on port 0: one of
    /// them could have it before it is used here.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = new IPEndPoint(IPAddress.Loopback, Random.Shared.Next(20_000, 32_768));
            var held = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                held.Bind(port);
                using var listener = new TcpListener(port);
                listener.Start();
                Given.Add(held);
                return port.Port;
            }
            catch (SocketException)
            {
                // It was given before, or something else listens there.
                held.Dispose();
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        Process.Dispose();
        return ValueTask.CompletedTask;
    }

    // A test that gives up has nothing to dispose yet.
    private async Task OrKilledAsync(Task waiting)
    {
        try
        {
            await waiting;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is null) return;

        lines.Enqueue(line);
        if (line.StartsWith("Listening on", StringComparison.Ordinal)) _listening.TrySetResult();
    }
}
