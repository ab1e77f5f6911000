using System.Text.Json;
using System.Xml;
using ServiceBusSimulator.Filters;

namespace ServiceBusSimulator.Entities;

/// <summary>The entities of a bus, in the format of the official emulator
/// (<see href="https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator"/>). Properties that this simulator does
/// not know are ignored; a filter that it cannot evaluate is an error.</summary>
/// <param name="Topics">The topics.</param>
/// <param name="Queues">The queues.</param>
public sealed record EntityConfig(IReadOnlyList<TopicDefinition> Topics, IReadOnlyList<QueueDefinition> Queues)
{
    /// <summary>Reads the configuration from a file.</summary>
    /// <exception cref="FormatException">It is not a configuration, or a filter is invalid; the message says where.</exception>
    public static EntityConfig Load(string path) => Parse(File.ReadAllText(path));

    /// <summary>Reads the configuration from its text.</summary>
    /// <exception cref="FormatException">It is not a configuration, or a filter is invalid; the message says where.</exception>
    public static EntityConfig Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var namespaces = document.RootElement.GetProperty("UserConfig").GetProperty("Namespaces").EnumerateArray().ToList();
            var config = new EntityConfig(
                [.. namespaces.SelectMany(space => List(space, "Topics")).Select(Topic)],
                [.. namespaces.SelectMany(space => List(space, "Queues")).Select(queue => Queue(queue, new QueueDefinition(Name(queue))))]);
            return config.Topics.Count + config.Queues.Count > 0 ? config : throw new FormatException("The configuration has no topic and no queue.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"The configuration of the bus is not in the format of the Service Bus emulator: {error.Message}", error);
        }
    }

    private static TopicDefinition Topic(JsonElement topic)
    {
        var name = Name(topic);
        var properties = Properties(topic);
        return new TopicDefinition(name, [.. List(topic, "Subscriptions").Select(subscription => Subscription(name, subscription))])
        {
            DuplicateWindow = Window(properties),
            TimeToLive = Time(properties, "DefaultMessageTimeToLive"),
        };
    }

    private static SubscriptionDefinition Subscription(string topic, JsonElement subscription)
    {
        var name = Name(subscription);
        var filters = List(subscription, "Rules").Select(rule => Filter(rule, $"{topic}/{name}/{Name(rule)}")).ToList();
        return (SubscriptionDefinition)Queue(subscription, new SubscriptionDefinition(name, filters)) with { DuplicateWindow = null };
    }

    private static QueueDefinition Queue(JsonElement queue, QueueDefinition defaults)
    {
        var properties = Properties(queue);
        return defaults with
        {
            LockDuration = Time(properties, "LockDuration") ?? defaults.LockDuration,
            MaxDeliveryCount = properties.TryGetProperty("MaxDeliveryCount", out var count) ? count.GetInt32() : defaults.MaxDeliveryCount,
            RequiresSession = Flag(properties, "RequiresSession"),
            TimeToLive = Time(properties, "DefaultMessageTimeToLive"),
            DeadLetterOnExpiration = Flag(properties, "DeadLetteringOnMessageExpiration"),
            DuplicateWindow = Window(properties),
        };
    }

    private static SqlFilter Filter(JsonElement rule, string place)
    {
        var properties = Properties(rule);
        var type = properties.TryGetProperty("FilterType", out var kind) ? kind.GetString() : "Sql";
        if (!string.Equals(type, "Sql", StringComparison.OrdinalIgnoreCase)) throw new FormatException($"Rule {place}: only filters of type Sql are simulated, not {type}.");

        try
        {
            return SqlFilter.Parse(properties.GetProperty("SqlFilter").GetProperty("SqlExpression").GetString() ?? "");
        }
        catch (FormatException invalid)
        {
            throw new FormatException($"Rule {place}: {invalid.Message}", invalid);
        }
    }

    private static TimeSpan? Window(JsonElement properties) =>
        Flag(properties, "RequiresDuplicateDetection") ? Time(properties, "DuplicateDetectionHistoryTimeWindow") ?? TimeSpan.FromMinutes(1) : null;

    private static TimeSpan? Time(JsonElement properties, string name)
    {
        if (!properties.TryGetProperty(name, out var text)) return null;

        try
        {
            return XmlConvert.ToTimeSpan(text.GetString()!);
        }
        catch (FormatException invalid)
        {
            throw new FormatException($"{name} is not a duration like PT1M.", invalid);
        }
    }

    private static bool Flag(JsonElement properties, string name) => properties.TryGetProperty(name, out var flag) && flag.GetBoolean();

    private static string Name(JsonElement entity) => entity.GetProperty("Name").GetString()!;

    private static JsonElement Properties(JsonElement entity) => entity.TryGetProperty("Properties", out var properties) ? properties : JsonElement.Parse("{}");

    private static JsonElement.ArrayEnumerator List(JsonElement parent, string name) => parent.TryGetProperty(name, out var list) ? list.EnumerateArray() : default;
}
