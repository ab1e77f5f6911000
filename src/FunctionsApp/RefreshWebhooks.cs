using JiraWebhooks.Subscriptions;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Registers and extends webhooks, daily.</summary>
public sealed class RefreshWebhooks(WebhookRefresher refresher, TelemetryFlush telemetry)
{
    /// <summary>One run over all sites.</summary>
    [Function(nameof(RefreshWebhooks))]
    public async Task RunAsync([TimerTrigger("%RefreshSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        try
        {
            await refresher.RunAsync(cancellationToken);
        }
        finally
        {
            telemetry.Flush();
        }
    }
}
