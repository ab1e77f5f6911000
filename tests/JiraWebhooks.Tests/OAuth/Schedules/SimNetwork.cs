using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.OAuth.Schedules;

/// <summary>All that lies between the instances and what they share. Each request and each answer is a message that arrives within two seconds,
/// in an order drawn from the seed; now and then one is lost, broken, or its sender dies. It also draws the order in which
/// continuations run, so that a seed tells the same story each time.</summary>
internal sealed class SimNetwork(int seed, FakeTimeProvider clock)
{
    private const int MostFaults = 4;

    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(2);

    // Sooner than Atlassian's leeway, so that there is always time to recover from a crash.
    private static readonly TimeSpan FaultWindow = TimeSpan.FromMinutes(8);

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly List<Message> _messages = [];
    private readonly List<(SimInstance Owner, Action Run)> _ready = [];
    private readonly Queue<DateTimeOffset> _faults = [];
    private DateTimeOffset _quietUntil;

    /// <summary>Share of requests that something happens to.</summary>
    public double FaultRate { get; set; }

    /// <summary>True lets processes freeze for a while.</summary>
    public bool PausesHappen { get; init; }

    /// <summary>What happened, for the message of a failing seed.</summary>
    public List<string> Trace { get; } = [];

    public int Crashes { get; private set; }

    public double Draw()
    {
        lock (_lock) return _random.NextDouble();
    }

    public TimeSpan Draw(double fromSeconds, double toSeconds) => TimeSpan.FromSeconds(fromSeconds + (Draw() * (toSeconds - fromSeconds)));

    /// <summary>Sends a request whose arrival has <paramref name="effect"/>, and waits for its answer.</summary>
    public Task<T> AskAsync<T>(SimInstance sender, string what, Func<T> effect, Exception broken, CancellationToken cancellationToken, bool maybeLost = true)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = new TaskCompletionSource<T>();
        if (sender.IsDead) return answer.Task;

        var fate = NextFate(maybeLost);
        Note($"{sender.Name} {what} {(fate is Fate.Arrives ? "" : fate.ToString())}");
        switch (fate)
        {
            case Fate.RequestBreaks:
                Send(() => Reply(sender, () => answer.TrySetException(broken)));
                break;
            case Fate.RequestLost:
                break;
            case Fate.SenderDiesBefore:
                Kill(sender);
                if (Draw() < 0.5) Send(() => effect());
                break;
            default:
                Send(() =>
                {
                    T value;
                    try
                    {
                        value = effect();
                    }
                    catch (IOException away)
                    {
                        Send(() => Reply(sender, () => answer.TrySetException(away)));
                        return;
                    }

                    if (fate is Fate.AnswerLost) return;
                    if (fate is Fate.SenderPauses && PausesHappen) Pause(sender);
                    if (fate is Fate.SenderDiesAfter) Kill(sender);
                    Send(() => Reply(sender, () => _ = fate is Fate.AnswerBreaks ? answer.TrySetException(broken) : answer.TrySetResult(value)));
                });
                break;
        }

        return Hang.WaitAsync(answer, cancellationToken);
    }

    /// <summary>Lets one continuation run, one message arrive, or some time pass.</summary>
    public void Step()
    {
        var now = clock.GetUtcNow();
        if (Take(_ready, ready => ready.Owner.PausedUntil <= now) is (not null, not null) ready)
        {
            ready.Owner.Start(ready.Run);
            return;
        }

        var room = _messages.Count == 0 ? Draw(0, 10) : _messages.Min(message => message.Latest) - now;
        if (_messages.Count > 0 && (room <= TimeSpan.Zero || Draw() < 0.8))
        {
            Take(_messages, message => room > TimeSpan.Zero || message.Latest <= now)!.Arrive();
        }
        else
        {
            clock.Advance((room * Draw()) + TimeSpan.FromMilliseconds(1));
        }
    }

    public void Ready(SimInstance owner, Action run)
    {
        lock (_lock) _ready.Add((owner, run));
    }

    public void Note(string what)
    {
        lock (_lock) Trace.Add(string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():HH:mm:ss.f} {what}"));
    }

    private T? Take<T>(List<T> from, Predicate<T> which)
    {
        lock (_lock)
        {
            var candidates = from.FindAll(which);
            if (candidates.Count == 0) return default;

            var taken = candidates[_random.Next(candidates.Count)];
            from.Remove(taken);
            return taken;
        }
    }

    private static void Reply(SimInstance sender, Action complete)
    {
        if (!sender.IsDead) complete();
    }

    private void Kill(SimInstance instance)
    {
        if (instance.IsDead) return;

        instance.IsDead = true;
        Crashes++;
        Note($"{instance.Name} dies");
    }

    // A frozen process: its timers are due and its answers are there when it thaws, perhaps long after its lease and the leeway.
    private void Pause(SimInstance instance)
    {
        // A long one comes alone: when all processes are dead or frozen for longer than the leeway, no process is left to recover.
        var comesAlone = _faults.Count == 1 && Draw() < 0.5;
        instance.PausedUntil = clock.GetUtcNow() + (comesAlone ? Draw(600, 1200) : Draw(5, 90));
        if (comesAlone) _quietUntil = instance.PausedUntil;
        instance.Pauses++;
        Note($"{instance.Name} pauses until {instance.PausedUntil:HH:mm:ss}");
    }

    private void Send(Action arrive)
    {
        lock (_lock) _messages.Add(new Message(arrive, clock.GetUtcNow() + Latency));
    }

    private Fate NextFate(bool maybeLost)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            while (_faults.TryPeek(out var oldest) && now - oldest > FaultWindow) _faults.Dequeue();
            if (_random.NextDouble() >= FaultRate || _faults.Count >= MostFaults || now < _quietUntil) return Fate.Arrives;

            var fate = (Fate)_random.Next(1, 8);
            if (!maybeLost && fate is Fate.RequestLost or Fate.AnswerLost) return Fate.Arrives;
            _faults.Enqueue(now);
            return fate;
        }
    }

    private sealed record Message(Action Arrive, DateTimeOffset Latest);

    private enum Fate
    {
        Arrives,
        RequestBreaks,
        RequestLost,
        AnswerBreaks,
        AnswerLost,
        SenderDiesBefore,
        SenderDiesAfter,
        SenderPauses,
    }
}

/// <summary>A process, and the context of all code that runs in it. Dead, it gets no more answers; what it had sent may still arrive.</summary>
internal sealed class SimInstance(string name, SimNetwork network) : SynchronizationContext
{
    public string Name => name;

    public bool IsDead { get; set; }

    public DateTimeOffset PausedUntil { get; set; }

    public int Pauses { get; set; }

    public int Calls { get; set; }

    /// <summary>Runs code with this as its context. Answers and timers come without one: then HttpClient, which wants none, goes on at
    /// once, and the code under test comes back here.</summary>
    public void Start(Action run)
    {
        SetSynchronizationContext(this);
        try
        {
            run();
        }
        finally
        {
            SetSynchronizationContext(null);
        }
    }

    public override void Post(SendOrPostCallback d, object? state) => network.Ready(this, () => d(state));
}
