using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace JiraWebhooks.Telemetry;

/// <summary>One meter and one activity source for the whole app. The instruments are static, because a process is one receiver;
/// hosts subscribe by <see cref="Name"/>.</summary>
public static class Instrumentation
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "JiraWebhooks";

    /// <summary>Spans of deliveries (<c>receive</c>) and of timer runs (<c>refresh</c>, <c>poll</c>).</summary>
    public static readonly ActivitySource Activities = new(Name);

    /// <summary>Every instrument belongs to this meter.</summary>
    public static readonly Meter Meter = new(Name);
}
