using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace JiraWebhooks.Tests.Support;

/// <summary>Where a storage test runs. The same test runs on both, so that the double is held to what the real thing does.</summary>
public enum StorageKind
{
    Memory,
    Azurite,
}

/// <summary>Tables of the asked kind.</summary>
public sealed class TestStorage(AzuriteFixture azurite)
{
    public async Task<TableServiceClient> TablesAsync(StorageKind kind) =>
        kind is StorageKind.Memory ? new InMemoryTables() : new TableServiceClient(await azurite.NewAccountAsync());

    public async Task<(QueueServiceClient Queues, BlobServiceClient Blobs)> QueuesAndBlobsAsync()
    {
        var account = await azurite.NewAccountAsync();
        return (new QueueServiceClient(account), new BlobServiceClient(account));
    }
}
