using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using JiraWebhooks.Hosting;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Storage;

/// <summary>Storage clients from the settings of the Functions host, so that there is one account and one identity.</summary>
internal static class StorageServiceCollectionExtensions
{
    /// <summary>Registers table, queue and blob clients under the names of <see cref="AzureClients"/>, and the credential of all Azure clients, from
    /// <see cref="JiraWebhooksOptions.Storage"/>.</summary>
    public static IServiceCollection AddStorageClients(this IServiceCollection services)
    {
        services.AddAzureClients(clients =>
        {
            clients.UseCredential(provider => Settings(provider).Credential());
            foreach (var name in new[] { AzureClients.Receive, AzureClients.Timers })
            {
                clients.AddClient<TableServiceClient, TableClientOptions>((options, credential, provider) => Settings(provider).Tables(options, credential))
                    .WithName(name).ConfigureOptions(options => Patience(options.Retry, name));
                clients.AddClient<QueueServiceClient, QueueClientOptions>((options, credential, provider) => Settings(provider).Queues(options, credential))
                    .WithName(name).ConfigureOptions(options => Patience(options.Retry, name));
                clients.AddClient<BlobServiceClient, BlobClientOptions>((options, credential, provider) => Settings(provider).Blobs(options, credential))
                    .WithName(name).ConfigureOptions(options => Patience(options.Retry, name));
            }
        });

        // The SDK logs two lines per request: the log of a delivery would cost more than its message.
        services.AddLogging(logging => logging.AddFilter("Azure", LogLevel.Warning));
        services.AddTable(TableNames.Webhooks).AddTable(TableNames.Cursors).AddTable(TableNames.Leases).AddTable(TableNames.Status).AddTable(TableNames.Tickets);
        services.AddTable(TableNames.Sites, AzureClients.Receive);
        services.AddSingleton(provider => new StorageTime(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new LeaseTable(
            provider.GetRequiredKeyedService<LazyTable>(TableNames.Leases),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LeaseTable>>()));
        services.AddSingleton<ILeases>(provider => provider.GetRequiredService<LeaseTable>());
        return services;
    }

    private static IServiceCollection AddTable(this IServiceCollection services, string table, string client = AzureClients.Timers) =>
        services.AddKeyedSingleton(table, (provider, _) => new LazyTable(
            provider.GetRequiredService<IAzureClientFactory<TableServiceClient>>().CreateClient(client), table));

    private static void Patience(RetryOptions retry, string name)
    {
        if (name != AzureClients.Receive) return;

        retry.NetworkTimeout = TimeSpan.FromSeconds(4);
        retry.MaxRetries = 1;
        retry.Delay = TimeSpan.FromMilliseconds(200);
    }

    private static StorageSettings Settings(IServiceProvider provider) =>
        provider.GetRequiredService<JiraWebhooksOptions>().Storage ?? throw new InvalidOperationException("There are no settings of storage.");
}
