using JiraWebhooks.Recovery;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Fetches the deliveries that Jira no longer retries.</summary>
public sealed class PollFailedWebhooks(FailedDeliveryPoller poller, TimerRuns runs)
{
    /// <summary>One run over all sites; fails if no site could be served.</summary>
    [Function(nameof(PollFailedWebhooks))]
    public Task RunAsync([TimerTrigger("%PollSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => runs.RunAsync(poller.RunTimerAsync, cancellationToken);
}
