using System.Collections.Concurrent;
using System.Diagnostics;

namespace EndToEnd.Tests.Support;

/// <summary>The console project of docs/subscribe.md in its own process.</summary>
internal sealed class SubscriberProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;

    private SubscriberProcess(IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Subscriber.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IReadOnlyCollection<string> Output => _output;

    public static async Task<SubscriberProcess> StartAsync(string bus, string storage, Dictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        var process = new SubscriberProcess(new Dictionary<string, string?>(environment) { ["BUS"] = bus, ["STORAGE"] = storage });
        await process.UntilAsync(lines => lines.Any(line => line.StartsWith("Subscribed to ", StringComparison.Ordinal)), cancellationToken);
        return process;
    }

    public async Task UntilAsync(Func<IReadOnlyCollection<string>, bool> happened, CancellationToken cancellationToken)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (!happened(_output))
        {
            if (_process.HasExited) throw new InvalidOperationException("The subscriber ended: " + string.Join('\n', _output));
            await look.WaitForNextTickAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Keep(string? line)
    {
        if (line is not null) _output.Enqueue(line);
    }
}
