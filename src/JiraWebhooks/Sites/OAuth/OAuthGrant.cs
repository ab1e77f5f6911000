using System.Text.Json.Serialization;

namespace JiraWebhooks.Sites.OAuth;

/// <summary>One OAuth 2.0 (3LO) grant: what somebody's consent gave the app. It may cover several sites. It never prints its tokens.</summary>
public sealed record OAuthGrant
{
    /// <summary>Spent by each refresh, which gives a new one; the old one works for some ten minutes more.</summary>
    public required string RefreshToken { get; init; }

    /// <summary>The current access token, or null before the first refresh.</summary>
    public string? AccessToken { get; init; }

    /// <summary>When <see cref="AccessToken"/> ends; about an hour after its refresh.</summary>
    public DateTimeOffset? AccessTokenExpiresAt { get; init; }

    /// <summary>Since when Atlassian refuses the grant, or null. The grant is kept all the same, to be looked at (rule 28).</summary>
    public DateTimeOffset? ReconnectRequiredSince { get; init; }

    /// <summary>True when <see cref="AccessToken"/> is good for <paramref name="margin"/> more and is not the one that was rejected.</summary>
    public bool IsUsable(string? rejected, DateTimeOffset now, TimeSpan margin) =>
        AccessToken is not null && AccessToken != rejected && AccessTokenExpiresAt - now > margin;

    /// <inheritdoc/>
    public override string ToString() => $"OAuth grant, access token until {AccessTokenExpiresAt:O}";
}

/// <summary>A grant as the store holds it.</summary>
/// <param name="Grant">The grant.</param>
/// <param name="Version">Changes with every write.</param>
public sealed record StoredGrant(OAuthGrant Grant, string Version);

/// <summary>Source-generated JSON of grants and of Atlassian's authorization server.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OAuthGrant))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(IReadOnlyList<AccessibleResource>))]
internal sealed partial class OAuthJsonContext : JsonSerializerContext;
