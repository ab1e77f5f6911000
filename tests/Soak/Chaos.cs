using System.Diagnostics;
using JiraSimulator;
using LocalHost.Azurite;
using ServiceBusSimulator;

namespace Soak;

/// <summary>What goes wrong, in the order that the seed decides.</summary>
internal sealed class Chaos(
    Hosts hosts, FakeClocks clocks, Network network, AzuriteProcess storage, SimulatedJira jira, BusFaults? bus, int seed, TimeProvider clock, CancellationToken cancellationToken)
{
    private const int Requests = 20;

    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan[] Shifts = [TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(-20), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(-3), TimeSpan.FromHours(5)];

    private static readonly BusFault[] Sends =
        [BusFault.ServerBusy, BusFault.Timeout, BusFault.QuotaExceeded, BusFault.InternalError, BusFault.DropBeforeStoring, BusFault.DropAfterStoring];

    private readonly Random _random = new(seed);

    /// <summary>How often each kind happened.</summary>
    public SortedDictionary<string, int> Happened { get; } = new(StringComparer.Ordinal);

    /// <summary>Does the next thing, and waits until it is over.</summary>
    public async Task NextAsync()
    {
        var kind = _random.Next(bus is null ? 10 : 12);
        Count(kind switch { 0 or 1 => "kill", 2 => "stop", 3 => "freeze", 4 => "freezeStorage", 5 => "cut", 6 => "slow", 7 => "secondInstance", 8 => "throttle", 9 => FakeClocks.Work ? "clock" : "nothing", _ => "bus" });
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
            case 7:
                if (hosts[1] is null) await hosts.StartAsync(1);
                else await hosts.EndAsync(1, kill: _random.Next(2) == 0);
                break;
            case 8:
                jira.Faults.FailNext("", 429, Requests, retryAfter: "1");
                break;
            case 9 when !FakeClocks.Work:
                await Task.Delay(Frozen, clock, cancellationToken);
                break;
            case 9:
                clocks.Shift(0, Shifts[_random.Next(Shifts.Length)]);
                await Task.Delay(Frozen, clock, cancellationToken);
                clocks.Shift(0, TimeSpan.Zero);
                break;
            default:
                bus!.FailSends(Sends[_random.Next(Sends.Length)], Requests);
                break;
        }
    }

    /// <summary>Ends what would go on.</summary>
    public void End()
    {
        jira.Faults.Clear();
        bus?.Clear();
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
