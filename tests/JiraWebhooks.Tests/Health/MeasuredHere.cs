using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using JiraWebhooks.Telemetry;

namespace JiraWebhooks.Tests.Health;

/// <summary>What our meter recorded for the work this test awaits, with values. The meter is shared by all tests of the process, and the gauges
/// of the whole app have no tag that tells tests apart, so a <c>MetricCollector</c> would also collect what other tests record.</summary>
internal sealed class MeasuredHere : IDisposable
{
    private static readonly AsyncLocal<MeasuredHere?> Current = new();

    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, string? Tag, double Value)> _values = new();

    public MeasuredHere()
    {
        Current.Value = this;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Instrumentation.Name) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The values of <paramref name="name"/> with that one tag, in order.</summary>
    public IReadOnlyList<double> Of(string name, string? tag = null) =>
        [.. _values.Where(value => value.Name == name && value.Tag == tag).Select(value => Math.Round(value.Value, 2))];

    /// <summary>Forgets what was recorded.</summary>
    public void Clear() => _values.Clear();

    public void Dispose()
    {
        Current.Value = null;
        _listener.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Current.Value == this) _values.Enqueue((instrument.Name, tags.Length == 0 ? null : tags[0].Value as string, value));
    }
}
