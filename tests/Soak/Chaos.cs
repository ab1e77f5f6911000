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

    private IReadOnlyList<(string Name, Func<Task> Happen)> Kinds => field ??=
    [
        ("kill", () => RestartAsync(kill: true)),
        ("kill", () => RestartAsync(kill: true)),
        ("stop", () => RestartAsync(kill: false)),
        ("freeze", () => hosts[0] is { } host ? FreezeAsync(host.Process.Id) : Task.CompletedTask),
        ("freezeStorage", () => FreezeAsync(storage.Id)),
        ("cut", () => At(() => network.CutNext(Requests))),
        ("slow", () => At(() => network.SlowNext(Requests))),
        ("secondInstance", () => hosts[1] is null ? hosts.StartAsync(1) : hosts.EndAsync(1, kill: _random.Next(2) == 0)),
        ("throttle", () => At(() => jira.Faults.FailNext("", 429, Requests, retryAfter: "1"))),
        .. FakeClocks.Work ? [("clock", ShiftAsync)] : Array.Empty<(string, Func<Task>)>(),
        .. bus is null ? [] : Enumerable.Repeat<(string, Func<Task>)>(("bus", () => At(() => bus.FailSends(Sends[_random.Next(Sends.Length)], Requests))), 2),
    ];

    /// <summary>How often each kind happened.</summary>
    public SortedDictionary<string, int> Happened { get; } = new(StringComparer.Ordinal);

    /// <summary>Does the next thing, and waits until it is over.</summary>
    public async Task NextAsync()
    {
        var (name, happen) = Kinds[_random.Next(Kinds.Count)];
        Happened[name] = Happened.GetValueOrDefault(name) + 1;
        await happen();
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

    private async Task ShiftAsync()
    {
        clocks.Shift(0, Shifts[_random.Next(Shifts.Length)]);
        await Task.Delay(Frozen, clock, cancellationToken);
        clocks.Shift(0, TimeSpan.Zero);
    }

    private static Task At(Action happen)
    {
        happen();
        return Task.CompletedTask;
    }

    private static void Signal(int process, string name)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -s {name} {process}"]);
        kill.WaitForExit();
    }
}
