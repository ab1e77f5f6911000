using JiraWebhooks.Subscriber;

namespace Testing;

internal static class JiraBodiesExtensions
{
    /// <summary>Returns the body of a queue message, as a subscriber gets it.</summary>
    public static async Task<BinaryData> ReadAsync(this JiraBodies bodies, QueuedDelivery message, CancellationToken cancellationToken) =>
        (await bodies.LoadAsync(PropertyReader.Read(message.MessageId, message.SessionId, message.Subject, message.Properties, message.Body), cancellationToken)).Body;
}
