using Azure.Messaging.ServiceBus;

namespace JiraWebhooks.Hosting;

/// <summary>The topic or queue that deliveries go to, and how it is reached: by a namespace and an identity, or by the connection string of an
/// emulator.</summary>
public sealed class ServiceBusSettings
{
    /// <summary>The section of the settings.</summary>
    internal const string Section = "ServiceBus";

    private const string DefaultEntity = "jira-deliveries";
    private const string Emulator = "UseDevelopmentEmulator=true";
    private const string Namespace = "fullyQualifiedNamespace";
    private const string Entity = "EntityName";
    private const string ClientId = "clientId";

    private readonly string _target;
    private readonly bool _isEmulator;
    private readonly string? _clientId;

    private ServiceBusSettings(string target, bool isEmulator, SettingsTexts texts)
    {
        (_target, _isEmulator, _clientId) = (target, isEmulator, texts[$"{Section}__{ClientId}"]);
        EntityName = texts[$"{Section}__{Entity}"] ?? DefaultEntity;
    }

    /// <summary>Name of the topic or queue.</summary>
    public string EntityName { get; }

    /// <summary>Names of the settings in the section.</summary>
    internal static IEnumerable<string> Names => [Namespace, Entity, ClientId];

    internal ServiceBusClient Client(ServiceBusClientOptions options) =>
        _isEmulator ? new(_target, options) : new(_target, AzureCredential.Of(_clientId), options);

    /// <summary>Returns null and an error if the namespace is missing or not a host name, or if there is a connection string that is not an emulator's.
    /// The SDK would report them only at the first delivery, and every delivery would fail.</summary>
    internal static ServiceBusSettings? Parse(SettingsTexts texts, List<string> errors)
    {
        var error = texts[Section] is { } connection ? EmulatorError(connection) : NamespaceError(texts[$"{Section}__{Namespace}"]);
        if (error is null) return new ServiceBusSettings(texts[Section] ?? texts[$"{Section}__{Namespace}"]!, texts[Section] is not null, texts);

        errors.Add(error);
        return null;
    }

    private static string? NamespaceError(string? host) => host is null
        ? "ServiceBus__fullyQualifiedNamespace is missing: set it to NAME.servicebus.windows.net, or Publisher to StorageQueue."
        : Uri.CheckHostName(host) is UriHostNameType.Dns
            ? null
            : "ServiceBus__fullyQualifiedNamespace must be the name of a host, NAME.servicebus.windows.net, without scheme and path.";

    private static string? EmulatorError(string connection)
    {
        if (!connection.Split(';', StringSplitOptions.TrimEntries).Contains(Emulator, StringComparer.OrdinalIgnoreCase))
        {
            return $"ServiceBus must not contain a connection string, unless it is the emulator's ({Emulator}): set ServiceBus__fullyQualifiedNamespace and let the identity open it.";
        }

        const string Form = $"Endpoint=sb://HOST:PORT;SharedAccessKeyName=NAME;SharedAccessKey=KEY;{Emulator}";
        try
        {
            var parsed = ServiceBusConnectionStringProperties.Parse(connection);
            var hasKey = parsed is { SharedAccessKeyName: not null, SharedAccessKey: not null } or { SharedAccessSignature: not null };
            var isComplete = parsed.Endpoint is not null && hasKey;
            if (!isComplete) return $"ServiceBus is not a complete connection string of the emulator: {Form}.";

            return parsed.EntityPath is null ? null : "ServiceBus must not contain EntityPath: the topic or queue is the setting ServiceBus__EntityName.";
        }
        catch (Exception invalid) when (invalid is FormatException or ArgumentException)
        {
            return $"ServiceBus is not a connection string of the emulator: {Form}.";
        }
    }
}
