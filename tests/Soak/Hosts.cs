using EndToEnd.Tests.Support;

namespace Soak;

/// <summary>One or two LocalHosts as processes, on the same storage.</summary>
internal sealed class Hosts(IReadOnlyDictionary<string, string?> settings, string[] arguments, FakeClocks clocks, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly LocalHostProcess?[] _running = new LocalHostProcess?[2];

    /// <summary>The port of each; the callback URLs have the first.</summary>
    public int[] Ports { get; } = [LocalHostProcess.FreePort(), LocalHostProcess.FreePort()];

    /// <summary>Ports of those that run.</summary>
    public IReadOnlyList<int> Running => [.. Ports.Where((_, index) => _running[index] is not null)];

    public LocalHostProcess? this[int index] => _running[index];

    public async Task StartAsync(int index) =>
        _running[index] ??= await LocalHostProcess.ListeningAsync(
            Ports[index],
            new Dictionary<string, string?>([.. settings, .. clocks.Environment(index)]) { ["PublicBaseUrl"] = $"http://localhost:{Ports[0]}" },
            cancellationToken,
            arguments: arguments);

    /// <summary>Ends one: at once, or as an init system does.</summary>
    public async Task EndAsync(int index, bool kill)
    {
        if (_running[index] is not { } process) return;

        _running[index] = null;
        if (!kill)
        {
            process.Signal("TERM");
            await process.EndAsync(cancellationToken);
        }

        await process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        for (var index = 0; index < _running.Length; index++) await EndAsync(index, kill: true);
    }
}
