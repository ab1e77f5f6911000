using System.Diagnostics.Metrics;
using JiraWebhooks.Telemetry;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.DeadLetters;

/// <summary>Measures the subscriptions after each poll. An error is logged and does not fail the poll.</summary>
public sealed partial class SubscriptionGauges
{
    private static readonly Gauge<double> Age = Instrumentation.Meter.CreateGauge<double>(MetricNames.SubscriptionAge, "h", "Hours since a subscription's oldest message was published.");
    private static readonly Gauge<int> Dead = Instrumentation.Meter.CreateGauge<int>(MetricNames.SubscriptionDead, "{message}", "Dead letters of a subscription, at most 250.");
    private static readonly Counter<long> New = Instrumentation.Meter.CreateCounter<long>(
        MetricNames.SubscriptionNewDead, "{message}", "Dead letters of a subscription that the poll before did not see, at most 250.");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SubscriptionMonitor _monitor;
    private readonly DeadLetterTable _table;
    private readonly TimeProvider _clock;
    private readonly ILogger<SubscriptionGauges> _logger;

    internal SubscriptionGauges(SubscriptionMonitor monitor, DeadLetterTable table, TimeProvider clock, ILogger<SubscriptionGauges> logger) =>
        (_monitor, _table, _clock, _logger) = (monitor, table, clock, logger);

    /// <summary>Measures every subscription of the settings, each for at most 30 seconds.</summary>
    public async Task RecordAsync(CancellationToken cancellationToken)
    {
        foreach (var subscription in _monitor.Subscriptions)
        {
            try
            {
                // The SDK does not look at the token while it opens a link.
                await RecordAsync(subscription, cancellationToken).WaitAsync(Patience, _clock, cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                Log.Unreadable(_logger, subscription, error.GetType().Name);
            }
        }
    }

    private async Task RecordAsync(string subscription, CancellationToken cancellationToken)
    {
        var tag = new KeyValuePair<string, object?>(MetricNames.SubscriptionTag, subscription);
        var state = await _monitor.StateAsync(subscription, cancellationToken);
        Age.Record(state.OldestAge?.TotalHours ?? 0, tag);
        Dead.Record(state.Dead, tag);
        var before = await _table.SeenAsync(_monitor.TopicAddress, subscription, cancellationToken);
        var (count, last) = await _monitor.DeadAfterAsync(subscription, before, cancellationToken);
        if (count == 0) return;

        await _table.SaveAsync(_monitor.TopicAddress, subscription, last, cancellationToken);
        New.Add(count, tag);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Subscription {Subscription} cannot be read ({Error}), so its dead letters are not measured.")]
        public static partial void Unreadable(ILogger logger, string subscription, string error);
    }
}
