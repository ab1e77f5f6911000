using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using JiraWebhooks.Telemetry;

namespace LocalHost.View;

/// <summary>The meter's counters by site, since the start of the host.</summary>
internal sealed class Counts : IDisposable
{
    private readonly ConcurrentDictionary<(string Site, string Name), long> _sums = new();
    private readonly MeterListener _listener;

    public Counts()
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == Instrumentation.Name) self.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var site = "";
            foreach (var (name, tag) in tags)
            {
                if (name == MetricNames.SiteTag) site = tag as string ?? "";
            }

            _sums.AddOrUpdate((site, instrument.Name), value, (_, sum) => sum + value);
        });
        _listener.Start();
    }

    /// <summary>Returns the sum so far; an empty site name stands for unknown callers.</summary>
    public long Of(string site, string name) => _sums.GetValueOrDefault((site, name));

    public void Dispose() => _listener.Dispose();
}
