using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using JiraWebhooks.Hosting;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Storage;

/// <summary>Storage clients from the settings of the Functions host, so that there is one account and one identity.</summary>
public static class StorageServiceCollectionExtensions
{
    private const string Section = "AzureWebJobsStorage";

    private static readonly string[] Services = ["table", "queue", "blob"];

    /// <summary>Registers table, queue and blob clients under the names of <see cref="AzureClients"/>, from a connection string
    /// (<c>AzureWebJobsStorage</c>, for Azurite) or with an identity (<c>AzureWebJobsStorage__tableServiceUri</c> and so on, see
    /// <see href="https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity"/>).</summary>
    /// <remarks><see cref="Mistakes"/> reports invalid settings before this is called.</remarks>
    public static IServiceCollection AddStorageClients(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAzureClients(clients =>
        {
            clients.UseCredential(_ => Credential(configuration.GetSection(Section)));
            foreach (var name in new[] { AzureClients.Receive, AzureClients.Timers })
            {
                var section = configuration.GetSection(Section);
                if (section.Value is { Length: > 0 } connection)
                {
                    clients.AddTableServiceClient(connection).WithName(name).ConfigureOptions(options => Patience(options.Retry, name));
                    clients.AddQueueServiceClient(connection).WithName(name).ConfigureOptions(options => Patience(options.Retry, name));
                    clients.AddBlobServiceClient(connection).WithName(name).ConfigureOptions(options => Patience(options.Retry, name));
                }
                else
                {
                    clients.AddTableServiceClient(Uri(section, "table")).WithName(name).ConfigureOptions(options => Patience(options.Retry, name));
                    clients.AddQueueServiceClient(Uri(section, "queue")).WithName(name).ConfigureOptions(options => Patience(options.Retry, name));
                    clients.AddBlobServiceClient(Uri(section, "blob")).WithName(name).ConfigureOptions(options => Patience(options.Retry, name));
                }
            }
        });

        // The SDK logs two lines per request: the log of a delivery would cost more than its message.
        services.AddLogging(logging => logging.AddFilter("Azure", LogLevel.Warning));
        services.AddTable(TableNames.Webhooks).AddTable(TableNames.Cursors).AddTable(TableNames.Leases).AddTable(TableNames.Status).AddTable(TableNames.Tickets);
        services.AddTable(TableNames.Sites, AzureClients.Receive);
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

    /// <summary>Returns an error if there is neither a valid connection string nor an address of each service.</summary>
    internal static IEnumerable<string> Mistakes(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        if (section.Value is { Length: > 0 } connection)
        {
            return CanBeUsed(connection) ? [] : [$"{Section} is no connection string: set it to UseDevelopmentStorage=true for Azurite, or copy the account's anew."];
        }

        return Services.Where(service => Address(section, service) is null).Select(service =>
            $"{Section}__{service}ServiceUri is missing or no https address: set it, or {Section} to UseDevelopmentStorage=true for Azurite.");
    }

    // The SDKs throw for an invalid connection string, and their message shows it.
    private static bool CanBeUsed(string connection)
    {
        try
        {
            _ = (new TableServiceClient(connection), new QueueServiceClient(connection), new BlobServiceClient(connection));
            return true;
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static Uri Uri(IConfigurationSection section, string service) => Address(section, service)!;

    private static Uri? Address(IConfigurationSection section, string service)
    {
        var text = section[$"{service}ServiceUri"] is { Length: > 0 } uri ? uri : $"https://{section["accountName"]}.{service}.core.windows.net";
        return System.Uri.TryCreate(text, UriKind.Absolute, out var address) && SettingsReader.IsHttpsOrLoopback(address) ? address : null;
    }

    private static TokenCredential Credential(IConfigurationSection section) =>
        section["clientId"]?.Trim() is { Length: > 0 } clientId
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential();
}
