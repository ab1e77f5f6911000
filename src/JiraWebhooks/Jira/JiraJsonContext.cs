using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraWebhooks.Jira;

/// <summary>Source-generated JSON of the operations. Any text of Jira may have been cut.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(ForgivingTextConverter)])]
[JsonSerializable(typeof(WebhookPage))]
[JsonSerializable(typeof(WebhookRegistration))]
[JsonSerializable(typeof(RegisteredWebhooks))]
[JsonSerializable(typeof(WebhookIds))]
[JsonSerializable(typeof(FailedWebhooks))]
[JsonSerializable(typeof(IssueSearch))]
[JsonSerializable(typeof(IssuePage))]
[JsonSerializable(typeof(JiraErrors))]
[JsonSerializable(typeof(StandInError))]
internal sealed partial class JiraJsonContext : JsonSerializerContext;
