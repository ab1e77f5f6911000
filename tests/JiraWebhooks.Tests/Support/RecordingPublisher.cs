using System.Collections.Concurrent;
using JiraWebhooks.Publishing;

namespace JiraWebhooks.Tests.Support;

/// <summary>Publisher that keeps what it was given; the body is copied, as a real one must not hold on to it either.</summary>
internal sealed class RecordingPublisher : IDeliveryPublisher
{
    private readonly ConcurrentQueue<DeliveryMessage> _messages = new();

    /// <summary>Runs before a message is accepted; throws or hangs in fault tests.</summary>
    public Func<DeliveryMessage, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Runs after a message was accepted; throws where the answer is to be lost.</summary>
    public Func<DeliveryMessage, CancellationToken, Task> After { get; set; } = (_, _) => Task.CompletedTask;

    public IReadOnlyCollection<DeliveryMessage> Messages => _messages;

    public async Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        await Before(message, cancellationToken);
        _messages.Enqueue(message with { Body = message.Body.ToArray() });
        await After(message, cancellationToken);
    }

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken)
    {
        Assert.NotEmpty(messages);
        foreach (var message in messages) await PublishAsync(message, cancellationToken);
    }
}
