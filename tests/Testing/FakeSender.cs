using Azure.Messaging.ServiceBus;
using JiraWebhooks.Publishing;
using Microsoft.Extensions.Azure;

namespace Testing;

/// <summary>A sender that keeps what it is given, with the limits a test asks for.</summary>
internal sealed class FakeSender : ServiceBusSender
{
    private readonly Dictionary<ServiceBusMessageBatch, List<ServiceBusMessage>> _open = [];
    private bool _isClosed;

    public List<ServiceBusMessage> Sent { get; } = [];

    /// <summary>How many messages each batch had.</summary>
    public List<int> Batches { get; } = [];

    public int Calls { get; private set; }

    public int MaxPerBatch { get; set; } = int.MaxValue;

    /// <summary>Largest body in bytes; -1 lets nothing through.</summary>
    public int MaxBody { get; set; } = int.MaxValue;

    /// <summary>Largest sum of bodies in bytes that the bus takes at once, although the batch had room for more.</summary>
    public int MaxSend { get; set; } = int.MaxValue;

    public Exception? Failure { get; set; }

    /// <summary>What the bus answers to a batch, although it accepts single messages.</summary>
    public Exception? BatchFailure { get; set; }

    /// <summary>What the bus answers to a single message; null if it accepts it.</summary>
    public Func<ServiceBusMessage, Exception?> Refuses { get; set; } = _ => null;

    public override Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
    {
        Calls++;
        if (Failure is not null) throw Failure;
        if (Refuses(message) is { } refusal) throw refusal;
        if (!Fits(message) || Size(message) > MaxSend) throw TooLarge();
        Sent.Add(message);
        return Task.CompletedTask;
    }

    public override ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default)
    {
        Calls++;
        var store = new List<ServiceBusMessage>();
        var batch = ServiceBusModelFactory.ServiceBusMessageBatch(1_000_000, store, null, message => store.Count < MaxPerBatch && Fits(message));
        _open[batch] = store;
        return new(batch);
    }

    public override Task SendMessagesAsync(ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default)
    {
        Calls++;
        if (Failure is not null) throw Failure;
        if (BatchFailure is not null) throw BatchFailure;
        if (_open[messageBatch].Sum(Size) > MaxSend) throw TooLarge();
        Batches.Add(messageBatch.Count);
        Sent.AddRange(_open[messageBatch]);
        return Task.CompletedTask;
    }

    public override bool IsClosed => _isClosed;

    public override Task CloseAsync(CancellationToken cancellationToken = default)
    {
        _isClosed = true;
        return Task.CompletedTask;
    }

    /// <summary>Lets go of everything that was sent.</summary>
    public void Forget()
    {
        Sent.Clear();
        _open.Clear();
    }

    private bool Fits(ServiceBusMessage message) => Size(message) <= MaxBody;

    private static int Size(ServiceBusMessage message) => message.Body.ToMemory().Length;

    private static ServiceBusException TooLarge() => new("too large", ServiceBusFailureReason.MessageSizeExceeded);
}

/// <summary>A client that hands out one sender and remembers for which topic or queue; the factory gives it under every name.</summary>
internal sealed class FakeClient(ServiceBusSender sender) : ServiceBusClient, IAzureClientFactory<ServiceBusClient>
{
    public List<string> Entities { get; } = [];

    public List<string> Names { get; } = [];

    public ServiceBusClient CreateClient(string name)
    {
        Names.Add(name);
        return this;
    }

    public override ServiceBusSender CreateSender(string queueOrTopicName)
    {
        Entities.Add(queueOrTopicName);
        return sender;
    }
}

/// <summary>Claim check in memory.</summary>
internal sealed class FakeClaimCheck : IClaimCheck
{
    public List<string> Stored { get; } = [];

    public Exception? Failure { get; set; }

    public Task<Uri> StoreAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        Stored.Add(message.MessageId);
        return Task.FromResult(new Uri($"https://example.blob.core.windows.net/jira-bodies/acme/{Stored.Count}"));
    }
}
