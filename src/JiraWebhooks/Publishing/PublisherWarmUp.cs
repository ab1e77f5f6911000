using Microsoft.Extensions.Hosting;

namespace JiraWebhooks.Publishing;

/// <summary>Opens the connection to the bus while the app starts, so that the first delivery does not wait for it. A bus that is unavailable never
/// fails the start.</summary>
internal sealed class PublisherWarmUp(PublisherLiveness liveness) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await liveness.IsLiveAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app ends before the bus has answered.
        }
    }
}
