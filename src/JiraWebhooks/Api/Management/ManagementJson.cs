using System.Text.Json;
using System.Text.Json.Serialization;
using JiraWebhooks.Recovery;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Api;

/// <summary>JSON of the management API.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SiteView))]
[JsonSerializable(typeof(SiteView[]))]
[JsonSerializable(typeof(ConnectInstallation))]
[JsonSerializable(typeof(Rotation))]
[JsonSerializable(typeof(Disabling))]
[JsonSerializable(typeof(SiteRefresh))]
[JsonSerializable(typeof(SitePlan))]
[JsonSerializable(typeof(SitePoll))]
internal sealed partial class ManagementJson : JsonSerializerContext;
