using Azure.Storage.Blobs;

namespace JiraWebhooks.Storage;

/// <summary>A blob container that is created the first time it is needed, as <see cref="LazyTable"/>.</summary>
public sealed class LazyContainer(BlobServiceClient service, string name)
{
    private BlobContainerClient? _container;

    /// <summary>The container, there for sure. Throws <see cref="Azure.RequestFailedException"/> while storage is away.</summary>
    public async ValueTask<BlobContainerClient> GetAsync(CancellationToken cancellationToken)
    {
        if (_container is { } known) return known;

        var container = service.GetBlobContainerClient(name);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return _container = container;
    }

    /// <summary>Somebody has deleted it: the next call creates it again.</summary>
    public void Forget() => _container = null;
}
