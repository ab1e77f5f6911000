using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraWebhooks.OAuth;

/// <summary>JSON of the token store and of the authorization server.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OAuthGrant))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(List<AccessibleResource>))]
internal sealed partial class OAuthJsonContext : JsonSerializerContext;
