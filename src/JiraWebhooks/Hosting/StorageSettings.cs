using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace JiraWebhooks.Hosting;

/// <summary>How Table, Queue and Blob Storage are reached: by a connection string (Azurite), or by three addresses and an identity. The settings are
/// those of the Functions host, so that there is one account
/// (<see href="https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity"/>).</summary>
public sealed class StorageSettings
{
    /// <summary>The section of the settings.</summary>
    internal const string Section = "AzureWebJobsStorage";

    private const string ClientId = "clientId";
    private const string AccountName = "accountName";

    private static readonly string[] Services = ["table", "queue", "blob"];

    private readonly string? _connection;
    private readonly Dictionary<string, Uri> _addresses = [];
    private readonly string? _clientId;

    private StorageSettings(string connection) => _connection = connection;

    private StorageSettings(string? clientId, Dictionary<string, Uri> addresses) => (_clientId, _addresses) = (clientId, addresses);

    /// <summary>Names of the settings in the section.</summary>
    internal static IEnumerable<string> Names => [ClientId, AccountName, .. Services.Select(Service)];

    /// <summary>The identity that opens the account, and Key Vault.</summary>
    internal TokenCredential Credential() => AzureCredential.Of(_clientId);

    internal TableServiceClient Tables(TableClientOptions options, TokenCredential credential) =>
        _connection is null ? new(_addresses["table"], credential, options) : new(_connection, options);

    internal QueueServiceClient Queues(QueueClientOptions options, TokenCredential credential) =>
        _connection is null ? new(_addresses["queue"], credential, options) : new(_connection, options);

    internal BlobServiceClient Blobs(BlobClientOptions options, TokenCredential credential) =>
        _connection is null ? new(_addresses["blob"], credential, options) : new(_connection, options);

    /// <summary>Returns null and an error if there is neither a valid connection string nor an address of each service.</summary>
    internal static StorageSettings? Parse(SettingsTexts texts, List<string> errors)
    {
        if (texts[Section] is { } connection)
        {
            if (IsConnectionString(connection)) return new StorageSettings(connection);

            errors.Add($"{Section} is not a connection string: set it to UseDevelopmentStorage=true for Azurite, or copy the account's again.");
            return null;
        }

        var addresses = new Dictionary<string, Uri>();
        foreach (var service in Services)
        {
            if (Address(texts, service) is { } address) addresses.Add(service, address);
            else errors.Add($"{Section}__{Service(service)} is missing or no https address: set it, or {Section} to UseDevelopmentStorage=true for Azurite.");
        }

        return addresses.Count == Services.Length ? new StorageSettings(texts[$"{Section}__{ClientId}"], addresses) : null;
    }

    private static string Service(string service) => $"{service}ServiceUri";

    private static Uri? Address(SettingsTexts texts, string service)
    {
        var text = texts[$"{Section}__{Service(service)}"] ?? $"https://{texts[$"{Section}__{AccountName}"]}.{service}.core.windows.net";

        // The identity's token is sent over https alone, also to this machine: the clients throw for anything else.
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && SettingsParser.IsHttpsOrLoopback(address)
            ? address : null;
    }

    // The SDKs throw for an invalid connection string, and their message shows it.
    private static bool IsConnectionString(string text)
    {
        try
        {
            _ = (new TableServiceClient(text), new QueueServiceClient(text), new BlobServiceClient(text));
            return true;
        }
        catch (Exception invalid) when (invalid is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
