using JiraWebhooks.Sites;
using JiraWebhooks.Webhooks;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Registers and extends webhooks, and erases removed sites; daily.</summary>
public sealed class RefreshWebhooks(WebhookRefresher refresher, SiteRemoval removal, TimerRuns runs)
{
    /// <summary>One run over all sites; fails if no site could be served.</summary>
    [Function(nameof(RefreshWebhooks))]
    public Task RunAsync([TimerTrigger("%RefreshSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => runs.RunAsync(RefreshAsync, cancellationToken);

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await refresher.RunTimerAsync(cancellationToken);
        }
        finally
        {
            await removal.RunAsync(cancellationToken);
        }
    }
}
