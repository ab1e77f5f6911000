using Azure.Storage.Queues;

namespace JiraWebhooks.Storage;

/// <summary>A queue that is created when it is first needed, like <see cref="LazyTable"/>.</summary>
internal sealed class LazyQueueClient(QueueServiceClient service, string name)
{
    private QueueClient? _queue;

    /// <summary>Returns the queue and creates it if needed. Throws <see cref="Azure.RequestFailedException"/> while storage is unavailable.</summary>
    public async ValueTask<QueueClient> GetAsync(CancellationToken cancellationToken)
    {
        if (_queue is { } known) return known;

        var queue = service.GetQueueClient(name);
        await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return _queue = queue;
    }

    /// <summary>Call this if the queue was deleted: the next call creates it again.</summary>
    public void Forget() => _queue = null;
}
