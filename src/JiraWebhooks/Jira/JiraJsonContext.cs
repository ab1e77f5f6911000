using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraWebhooks.Jira;

/// <summary>Source-generated JSON of the five operations. Absent fields stay absent: Jira takes an empty filter for a filter.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookPage))]
[JsonSerializable(typeof(WebhookRegistration))]
[JsonSerializable(typeof(RegisteredWebhooks))]
[JsonSerializable(typeof(WebhookIds))]
[JsonSerializable(typeof(RefreshedWebhooks))]
[JsonSerializable(typeof(FailedWebhooks))]
[JsonSerializable(typeof(JiraErrors))]
internal sealed partial class JiraJsonContext : JsonSerializerContext;
