namespace JiraWebhooks.Publishing;

/// <summary>Puts deliveries on the bus. A call returns only when the bus has accepted everything it was given;
/// it throws otherwise, and then any part of a batch may have been accepted (the MessageId makes a repeat harmless).</summary>
public interface IDeliveryPublisher
{
    /// <summary>Publishes one delivery. The body is only lent: it may be reused as soon as this returns.</summary>
    Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken);

    /// <summary>Publishes several, in as few sends as the bus allows.</summary>
    Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken);
}
