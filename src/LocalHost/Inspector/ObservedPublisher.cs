using JiraWebhooks.Publishing;

namespace LocalHost.Inspector;

/// <summary>Publishes, and records what was published.</summary>
internal sealed class ObservedPublisher(IDeliveryPublisher publisher, DeliveryCapture capture, TimeProvider clock) : IDeliveryPublisher
{
    public Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken) =>
        ObserveAsync([message], () => publisher.PublishAsync(message, cancellationToken));

    public Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken) =>
        ObserveAsync(messages, () => publisher.PublishAsync(messages, cancellationToken));

    public Task OpenAsync(CancellationToken cancellationToken) => publisher.OpenAsync(cancellationToken);

    private async Task ObserveAsync(IReadOnlyList<DeliveryMessage> messages, Func<Task> publish)
    {
        var started = clock.GetTimestamp();
        var isDone = false;
        try
        {
            await publish();
            isDone = true;
        }
        finally
        {
            capture.Published(messages, clock.GetElapsedTime(started), isDone);
        }
    }
}
