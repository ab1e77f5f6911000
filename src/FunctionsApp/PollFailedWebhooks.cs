using JiraWebhooks.DeadLetters;
using JiraWebhooks.Recovery;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Fetches the deliveries that Jira no longer retries.</summary>
public sealed class PollFailedWebhooks(FailedDeliveryPoller poller, SubscriptionGauges subscriptions, TimerRuns runs)
{
    /// <summary>One run over all sites, and a measurement of the subscriptions; fails if no site could be served.</summary>
    [Function(nameof(PollFailedWebhooks))]
    public Task RunAsync([TimerTrigger("%PollSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => runs.RunAsync(RunAsync, cancellationToken);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await poller.RunTimerAsync(cancellationToken);
        }
        finally
        {
            await subscriptions.RecordAsync(cancellationToken);
        }
    }
}
