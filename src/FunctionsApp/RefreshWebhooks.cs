using JiraWebhooks.Subscriptions;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Registers and extends webhooks, daily.</summary>
public sealed class RefreshWebhooks(WebhookRefresher refresher, TimerRuns runs)
{
    /// <summary>One run over all sites.</summary>
    [Function(nameof(RefreshWebhooks))]
    public Task RunAsync([TimerTrigger("%RefreshSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => runs.RunAsync(refresher.RunAsync, cancellationToken);
}
