using System.Diagnostics;
using LocalHost.Azurite;

namespace Soak;

/// <summary>What goes wrong, in the order that the seed decides.</summary>
internal sealed class Chaos(Hosts hosts, Network network, AzuriteProcess storage, int seed, TimeProvider clock, CancellationToken cancellationToken)
{
    private const int Requests = 20;

    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(2);

    private readonly Random _random = new(seed);

    /// <summary>How often each kind happened.</summary>
    public SortedDictionary<string, int> Happened { get; } = new(StringComparer.Ordinal);

    /// <summary>Does the next thing, and waits until it is over.</summary>
    public async Task NextAsync()
    {
        var kind = _random.Next(8);
        Count(kind switch { 0 or 1 => "kill", 2 => "stop", 3 => "freeze", 4 => "freezeStorage", 5 => "cut", 6 => "slow", _ => "secondInstance" });
        switch (kind)
        {
            case 0 or 1:
                await RestartAsync(kill: true);
                break;
            case 2:
                await RestartAsync(kill: false);
                break;
            case 3:
                if (hosts[0] is { } host) await FreezeAsync(host.Process.Id);
                break;
            case 4:
                await FreezeAsync(storage.Id);
                break;
            case 5:
                network.CutNext(Requests);
                break;
            case 6:
                network.SlowNext(Requests);
                break;
            default:
                if (hosts[1] is null) await hosts.StartAsync(1);
                else await hosts.EndAsync(1, kill: _random.Next(2) == 0);
                break;
        }
    }

    private async Task RestartAsync(bool kill)
    {
        await hosts.EndAsync(0, kill);
        await hosts.StartAsync(0);
    }

    private async Task FreezeAsync(int process)
    {
        Signal(process, "STOP");
        await Task.Delay(Frozen, clock, cancellationToken);
        Signal(process, "CONT");
    }

    private void Count(string kind) => Happened[kind] = Happened.GetValueOrDefault(kind) + 1;

    private static void Signal(int process, string name)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -s {name} {process}"]);
        kill.WaitForExit();
    }
}
