namespace JiraWebhooks.Hosting;

/// <summary>The service that deliveries are published to; setting <c>Publisher</c>.</summary>
public enum PublisherKind
{
    /// <summary>An Azure Service Bus topic or queue.</summary>
    ServiceBus,

    /// <summary>A Storage Queue, for one machine that has only Azurite.</summary>
    StorageQueue,
}
