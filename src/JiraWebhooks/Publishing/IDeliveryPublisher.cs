namespace JiraWebhooks.Publishing;

/// <summary>Publishes deliveries. A call returns only when the bus has accepted all of them. Otherwise it throws, and any part of a batch may have
/// been accepted (the MessageId makes a repeat harmless).</summary>
public interface IDeliveryPublisher
{
    /// <summary>Publishes one delivery. The caller may reuse the body as soon as this returns.</summary>
    Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken);

    /// <summary>Publishes several deliveries, in as few sends as the bus allows.</summary>
    Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken);

    /// <summary>Asks the bus whether it can be reached, and throws if not. The first call opens the connection that messages use; a later call also
    /// asks if that connection is open.</summary>
    Task OpenAsync(CancellationToken cancellationToken);
}
