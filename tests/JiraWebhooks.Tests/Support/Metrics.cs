using JiraWebhooks.Telemetry;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace JiraWebhooks.Tests.Support;

/// <summary>Collectors of our instruments. The meter is shared by all tests of the process, so use a site of your own.</summary>
internal static class Metrics
{
    public static MetricCollector<long> Counter(string name) => new(Instrumentation.Meter, name);

    public static MetricCollector<double> Histogram(string name) => new(Instrumentation.Meter, name);

    /// <summary>The tags of each measurement, written <c>name=value</c> in order of name.</summary>
    public static IEnumerable<string> Tags<T>(this MetricCollector<T> collector)
        where T : struct =>
        collector.GetMeasurementSnapshot().Select(measurement =>
            string.Join(' ', measurement.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}")));

    /// <summary>How often exactly these tags were recorded.</summary>
    public static int Count<T>(this MetricCollector<T> collector, string tags)
        where T : struct => collector.Tags().Count(recorded => recorded == tags);
}
