using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Deliveries;

/// <summary>Logs how deliveries end. Callers without a secret can cause any number of refusals, so the first of a kind is logged at once, and the
/// following ones once a minute with their count.</summary>
internal sealed partial class OutcomeLog(TimeProvider clock, ILogger logger)
{
    /// <summary>Time between two lines of the same kind.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Kind, Window> _windows = [];

    /// <summary>Logs <paramref name="outcome"/> now, or counts it for the next line.</summary>
    public void Add(in Outcome outcome)
    {
        if (outcome.Status is 200)
        {
            Log.Accepted(logger, outcome.Site);
            return;
        }

        // There are few kinds: no field contains text from a caller.
        var kind = new Kind(outcome.Site, outcome.Status, outcome.Reason, outcome.Authentic, FailureKind.IsPermanent(outcome.Cause));
        lock (_windows)
        {
            if (_windows.TryGetValue(kind, out var open))
            {
                open.Count++;
                open.Last = outcome;
                return;
            }

            _windows.Add(kind, Open(kind));
        }

        Write(outcome, 1);
    }

    /// <summary>An answer that could not be written.</summary>
    public void AnswerLost(Exception cause) => Log.AnswerLost(logger, cause.GetType().Name);

    private Window Open(Kind kind)
    {
        // The timer outlives the request, so it must not keep the request's context.
        using var _ = ExecutionContext.SuppressFlow();
        return new Window(clock.CreateTimer(state => Close((Kind)state!), kind, Interval, Interval));
    }

    private void Close(Kind kind)
    {
        Outcome last;
        int count;
        lock (_windows)
        {
            var window = _windows[kind];
            (last, count) = (window.Last, window.Count);
            (window.Last, window.Count) = (default, 0);
            if (count == 0)
            {
                _windows.Remove(kind);
                window.Timer.Dispose();
                return;
            }
        }

        Write(last, count);
    }

    private sealed record Kind(string? Site, int Status, OutcomeReason Reason, bool Authentic, bool Permanent);

    private sealed class Window(ITimer timer)
    {
        public ITimer Timer => timer;

        public Outcome Last { get; set; }

        public int Count { get; set; }
    }
}
