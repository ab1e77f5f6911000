using Azure.Storage.Queues;

namespace JiraWebhooks.Storage;

/// <summary>A queue that is created the first time it is needed, as <see cref="LazyTable"/>.</summary>
public sealed class LazyQueueClient(QueueServiceClient service, string name)
{
    private QueueClient? _queue;

    /// <summary>The queue, there for sure. Throws <see cref="Azure.RequestFailedException"/> while storage is away.</summary>
    public async ValueTask<QueueClient> GetAsync(CancellationToken cancellationToken)
    {
        if (_queue is { } known) return known;

        var queue = service.GetQueueClient(name);
        await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return _queue = queue;
    }

    /// <summary>Somebody has deleted it: the next call creates it again.</summary>
    public void Forget() => _queue = null;
}
