using Azure.Storage.Blobs;

namespace JiraWebhooks.Storage;

/// <summary>A blob container that is created when it is first needed, like <see cref="LazyTable"/>.</summary>
internal sealed class LazyContainer(BlobServiceClient service, string name)
{
    private BlobContainerClient? _container;

    /// <summary>Returns the container and creates it if needed. Throws <see cref="Azure.RequestFailedException"/> while storage is unavailable.</summary>
    public async ValueTask<BlobContainerClient> GetAsync(CancellationToken cancellationToken)
    {
        if (_container is { } known) return known;

        var container = service.GetBlobContainerClient(name);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return _container = container;
    }

    /// <summary>Call this if the container was deleted: the next call creates it again.</summary>
    public void Forget() => _container = null;
}
