using System.Text.Json.Serialization;
using JiraWebhooks.Telemetry;

namespace JiraWebhooks.OAuth;

/// <summary>Body of <c>POST /oauth/token</c>
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/"/>).</summary>
internal sealed record TokenRequest
{
    [JsonPropertyName("grant_type")]
    public required string GrantType { get; init; }

    [JsonPropertyName("client_id")]
    public required string ClientId { get; init; }

    [JsonPropertyName("client_secret")]
    public required string ClientSecret { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("redirect_uri")]
    public string? RedirectUri { get; init; }

    public override string ToString() => nameof(TokenRequest);
}

/// <summary>The response, with tokens or with an error.</summary>
internal sealed record TokenAnswer
{
    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary>In seconds.</summary>
    [JsonPropertyName("expires_in")]
    public double? ExpiresIn { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }

    public override string ToString() => nameof(TokenAnswer);
}

/// <summary>A tenant that a grant reaches. It is stored in a table and shown in a browser.</summary>
/// <param name="Id">Its cloud id.</param>
/// <param name="Name">Its display name.</param>
/// <param name="Url">Its address; null if it has no usable one.</param>
/// <param name="Scopes">The scopes that the grant has there.</param>
public sealed record AccessibleResource(string Id, string? Name = null, Uri? Url = null, IReadOnlyList<string>? Scopes = null)
{
    /// <summary>Its name, redacted.</summary>
    public string? Name { get; init; } = Redaction.Of(Name);

    /// <summary>Its address, without user information; null if it has no usable one.</summary>
    public Uri? Url { get; init; } = Url is { IsAbsoluteUri: true, UserInfo.Length: 0 } ? Url : null;
}
