using System.Text.Json;

namespace JiraWebhooks.Tests.Simulator;

/// <summary>Atlassian's schemas of the webhook operations' answers
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/swagger-v3.v3.json"/>). No schema allows null or properties that it does not name.</summary>
internal sealed record Schema(string[] Required, Dictionary<string, Func<JsonElement, string?>> Properties)
{
    private static readonly Func<JsonElement, string?> Text = value => value.ValueKind is JsonValueKind.String ? null : "no string";
    private static readonly Func<JsonElement, string?> Address = value =>
        value.ValueKind is JsonValueKind.String && Uri.TryCreate(value.GetString(), UriKind.Absolute, out _) ? null : "no URI";
    private static readonly Func<JsonElement, string?> Flag = value => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "no boolean";
    private static readonly Func<JsonElement, string?> Int32 = value => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out _) ? null : "no int32";
    private static readonly Func<JsonElement, string?> Int64 = value => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _) ? null : "no int64";

    public static Schema Webhook { get; } = new(["events", "id", "jqlFilter", "url"], new()
    {
        ["events"] = List(Text),
        ["expirationDate"] = Int64,
        ["fieldIdsFilter"] = List(Text),
        ["id"] = Int64,
        ["issuePropertyKeysFilter"] = List(Text),
        ["jqlFilter"] = Text,
        ["url"] = Text,
    });

    public static Schema PageBeanWebhook { get; } = new([], new()
    {
        ["isLast"] = Flag,
        ["maxResults"] = Int32,
        ["nextPage"] = Address,
        ["self"] = Address,
        ["startAt"] = Int64,
        ["total"] = Int64,
        ["values"] = List(Webhook.Error),
    });

    public static Schema RegisteredWebhook { get; } = new([], new() { ["createdWebhookId"] = Int64, ["errors"] = List(Text) });

    public static Schema ContainerForRegisteredWebhooks { get; } = new([], new() { ["webhookRegistrationResult"] = List(RegisteredWebhook.Error) });

    public static Schema WebhooksExpirationDate { get; } = new(["expirationDate"], new() { ["expirationDate"] = Int64 });

    public static Schema FailedWebhook { get; } = new(["failureTime", "id", "url"], new() { ["body"] = Text, ["failureTime"] = Int64, ["id"] = Text, ["url"] = Text });

    public static Schema FailedWebhooks { get; } = new(["maxResults", "values"], new() { ["maxResults"] = Int32, ["next"] = Address, ["values"] = List(FailedWebhook.Error) });

    public static Schema ErrorCollection { get; } = new([], new()
    {
        ["errorMessages"] = List(Text),
        ["errors"] = value => value.ValueKind is JsonValueKind.Object ? null : "no object",
        ["status"] = Int32,
    });

    /// <summary>What of <paramref name="value"/> differs from the schema, or null.</summary>
    public string? Error(JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.Object) return "no object";

        var missing = Required.Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{name}: missing");
        var wrong = value.EnumerateObject()
            .Select(property => (property.Name, Error: Properties.TryGetValue(property.Name, out var check) ? check(property.Value) : "unknown"))
            .Where(property => property.Error is not null)
            .Select(property => $"{property.Name}: {property.Error}");
        return missing.Concat(wrong).ToList() is { Count: > 0 } errors ? string.Join("; ", errors) : null;
    }

    private static Func<JsonElement, string?> List(Func<JsonElement, string?> item) => value => value.ValueKind is not JsonValueKind.Array
        ? "no array"
        : value.EnumerateArray().Select(item).FirstOrDefault(error => error is not null);
}
