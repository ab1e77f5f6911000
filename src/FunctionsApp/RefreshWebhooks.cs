using JiraWebhooks.Webhooks;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Registers and extends webhooks, daily.</summary>
public sealed class RefreshWebhooks(WebhookRefresher refresher, TimerRuns runs)
{
    /// <summary>One run over all sites; fails if none of them could be served.</summary>
    [Function(nameof(RefreshWebhooks))]
    public Task RunAsync([TimerTrigger("%RefreshSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => runs.RunAsync(refresher.RunTimerAsync, cancellationToken);
}
