using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using JiraWebhooks.Telemetry;

namespace JiraWebhooks.Tests.Support;

/// <summary>What our meter counted while this lives. The meter is shared by all tests of the process, so use a site of your own.</summary>
internal sealed class MetricRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, string Tags)> _counts = new();

    public MetricRecorder()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Instrumentation.Name) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, tags));
        _listener.Start();
    }

    /// <summary>How often <paramref name="name"/> was recorded with exactly these tags, written <c>name=value</c> in order of name.</summary>
    public int Count(string name, string tags) => _counts.Count(count => count == (name, tags));

    /// <summary>Every set of tags seen on <paramref name="name"/>.</summary>
    public IEnumerable<string> TagsOf(string name) => _counts.Where(count => count.Name == name).Select(count => count.Tags);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _counts.Enqueue((instrument.Name, string.Join(' ', tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"))));
}
