using JiraWebhooks.FailedDeliveries;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Fetches the deliveries Jira gave up on.</summary>
public sealed class PollFailedWebhooks(FailedDeliveryPoller poller, TelemetryFlush telemetry)
{
    /// <summary>One run over all sites.</summary>
    [Function(nameof(PollFailedWebhooks))]
    public async Task RunAsync([TimerTrigger("%PollSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        try
        {
            await poller.RunAsync(cancellationToken);
        }
        finally
        {
            telemetry.Flush();
        }
    }
}
