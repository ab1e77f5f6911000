using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FunctionsApp;

/// <summary>Sends metrics, traces and logs before the instance of a timer stops: on Flex Consumption that may be right after the run.</summary>
public sealed class TelemetryFlush(MeterProvider? metrics = null, TracerProvider? traces = null, LoggerProvider? logs = null)
{
    private const int Milliseconds = 5000;

    /// <summary>Waits until everything is sent, at most five seconds for each kind.</summary>
    public void Flush()
    {
        metrics?.ForceFlush(Milliseconds);
        traces?.ForceFlush(Milliseconds);
        logs?.ForceFlush(Milliseconds);
    }
}
