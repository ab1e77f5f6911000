using System.Text.Json;
using System.Text.Json.Serialization;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Api;

/// <summary>The body of <c>PUT sites/{site}</c>.</summary>
public sealed record SiteRequest : SiteSettings
{
    /// <summary>Creates an empty request.</summary>
    [JsonConstructor]
    public SiteRequest()
    {
    }

    /// <summary>Creates a request with the settings of an existing site and without secrets, which stay as they are.</summary>
    public SiteRequest(SiteSettings settings)
        : base(settings)
    {
    }

    /// <summary>Client secret, shared secret or webhook secret; null keeps the stored one.</summary>
    public string? Secret { get; init; }

    /// <summary>The secret before the last rotation.</summary>
    public string? PreviousSecret { get; init; }

    /// <summary>OAuth: refresh token that seeds an empty store.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>Always refused, with a sentence that says why.</summary>
    public string? UserName { get; init; }

    /// <summary>Always refused, like <see cref="UserName"/>.</summary>
    public string? ApiToken { get; init; }

    internal SiteCredentials Credentials() => new()
    {
        Secret = SiteSecret.From(Secret),
        PreviousSecret = SiteSecret.From(PreviousSecret),
        RefreshToken = SiteSecret.From(RefreshToken),
    };

    /// <inheritdoc/>
    public override string ToString() => $"{nameof(SiteRequest)} {{ Url = {Url} }}";
}

/// <summary>JSON of the request. An unknown property is an error of the caller and must not be ignored.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SiteRequest))]
internal sealed partial class SiteRequestJson : JsonSerializerContext;
