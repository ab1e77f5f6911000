namespace JiraWebhooks.Hosting;

/// <summary>Where deliveries go; the setting <c>Publisher</c>.</summary>
public enum PublisherKind
{
    /// <summary>An Azure Service Bus topic or queue.</summary>
    ServiceBus,

    /// <summary>A Storage Queue, for one machine with nothing but Azurite.</summary>
    StorageQueue,
}
