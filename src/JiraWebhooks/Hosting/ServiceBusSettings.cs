using System.Text.RegularExpressions;
using Azure.Messaging.ServiceBus;

namespace JiraWebhooks.Hosting;

/// <summary>The topic or queue that deliveries go to, and how it is reached: by a namespace and an identity, or by the connection string of an
/// emulator.</summary>
public sealed partial class ServiceBusSettings
{
    /// <summary>The section of the settings.</summary>
    internal const string Section = "ServiceBus";

    private const string DefaultEntity = "jira-deliveries";
    private const string Emulator = "UseDevelopmentEmulator=true";
    private const string Namespace = "fullyQualifiedNamespace";
    private const string Entity = "EntityName";
    private const string ClientId = "clientId";
    private const string SubscriptionNames = "Subscriptions";

    private readonly string _target;
    private readonly bool _isEmulator;
    private readonly string? _clientId;

    private ServiceBusSettings(string target, bool isEmulator, SettingsTexts texts)
    {
        (_target, _isEmulator, _clientId) = (target, isEmulator, texts[$"{Section}__{ClientId}"]);
        EntityName = texts[$"{Section}__{Entity}"] ?? DefaultEntity;
        Subscriptions = Split(texts);
    }

    /// <summary>Name of the topic or queue.</summary>
    public string EntityName { get; }

    /// <summary>The subscriptions of the topic whose messages and dead letters are watched.</summary>
    public IReadOnlyList<string> Subscriptions { get; }

    /// <summary>Names of the settings in the section.</summary>
    internal static IEnumerable<string> Names => [Namespace, Entity, ClientId, SubscriptionNames];

    internal ServiceBusClient Client(ServiceBusClientOptions options) =>
        _isEmulator ? new(_target, options) : new(_target, AzureCredential.Of(_clientId), options);

    /// <summary>Returns null and an error if the namespace is missing or not a host name, if a name cannot be one, or if there is a connection string that is not an emulator's.
    /// The SDK would report them only at the first delivery, and every delivery would fail.</summary>
    internal static ServiceBusSettings? Parse(SettingsTexts texts, List<string> errors)
    {
        var error = texts[Section] is { } connection ? EmulatorError(connection) : NamespaceError(texts[$"{Section}__{Namespace}"]);
        error ??= EntityError(texts[$"{Section}__{Entity}"]) ?? SubscriptionsError(Split(texts));
        if (error is null) return new ServiceBusSettings(texts[Section] ?? texts[$"{Section}__{Namespace}"]!, texts[Section] is not null, texts);

        errors.Add(error);
        return null;
    }

    private static string[] Split(SettingsTexts texts) =>
        (texts[$"{Section}__{SubscriptionNames}"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string? EntityError(string? name) => name is null || EntityNameForm().IsMatch(name)
        ? null
        : "ServiceBus__EntityName must be the name of a topic or queue: 1 to 260 letters, digits, periods, hyphens, underscores or slashes, with a letter or digit at both ends.";

    private static string? SubscriptionsError(string[] names) =>
        names.All(name => SubscriptionName().IsMatch(name)) && names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length
            ? null
            : "ServiceBus__Subscriptions must be different names of subscriptions, separated by commas: each 1 to 50 letters, digits, periods, hyphens or underscores.";

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
        catch (Exception invalid) when (invalid is FormatException or ArgumentException or IndexOutOfRangeException)
        {
            return $"ServiceBus is not a connection string of the emulator: {Form}.";
        }
    }

    // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftservicebus
    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._/-]{0,258}[A-Za-z0-9])?\z")]
    private static partial Regex EntityNameForm();

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]{0,48}[A-Za-z0-9])?\z")]
    private static partial Regex SubscriptionName();
}
