namespace JiraWebhooks.Publishing;

/// <summary>Publishes deliveries. A call returns only when the bus has accepted all of them. Otherwise it throws, and any part of a batch may have
/// been accepted (the MessageId makes a repeat harmless).</summary>
public interface IDeliveryPublisher
{
    /// <summary>Publishes one delivery. The caller may reuse the body as soon as this returns.</summary>
    Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken);

    /// <summary>Publishes several deliveries, in as few sends as the bus allows.</summary>
    Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken);

    /// <summary>Opens the connection to the bus if it is not open, as the first message would. Throws if the bus cannot be reached.</summary>
    Task OpenAsync(CancellationToken cancellationToken);
}
