using System.Text.Json.Serialization;

namespace JiraWebhooks.OAuth;

/// <summary>The tokens of an OAuth 2.0 (3LO) consent and their state. It never prints its tokens.</summary>
public sealed record OAuthGrant
{
    /// <summary>The refresh token; Atlassian replaces it on each use.</summary>
    public required string RefreshToken { get; init; }

    /// <summary>The access token of the last refresh, or null before the first refresh.</summary>
    public string? AccessToken { get; init; }

    /// <summary>Client id of the app that it belongs to; null if an older version has written it.</summary>
    public string? ClientId { get; init; }

    /// <summary>When <see cref="AccessToken"/> expires, UTC.</summary>
    public DateTimeOffset? AccessTokenExpiresAt { get; init; }

    /// <summary>When a process began to exchange <see cref="RefreshToken"/>; null after the new tokens were saved. It is written first, so that the
    /// token is not exchanged while the store takes no writes.</summary>
    public DateTimeOffset? RenewalBegan { get; init; }

    /// <summary>Since when Atlassian rejects <see cref="RefreshToken"/> for good; null while it works. The grant is kept for inspection.</summary>
    public DateTimeOffset? ReconnectRequiredSince { get; init; }

    /// <summary>Atlassian's error code of that rejection.</summary>
    public string? Reason { get; init; }

    /// <summary>True if the stored text is no grant, for example after an edit by hand. Only a new consent, or a new refresh token, replaces it.</summary>
    [JsonIgnore]
    public bool IsUnreadable { get; init; }

    /// <summary>True if a person must connect the site again.</summary>
    [JsonIgnore]
    public bool IsDead => IsUnreadable || ReconnectRequiredSince is not null;

    /// <summary>True if it belongs to another app than <paramref name="clientId"/>.</summary>
    public bool IsOfAnother(string? clientId) => ClientId is { } owner && owner != clientId;

    /// <summary>Returns the state without the tokens.</summary>
    public override string ToString() =>
        $"{nameof(OAuthGrant)} {{ AccessTokenExpiresAt = {AccessTokenExpiresAt:O}, ReconnectRequiredSince = {ReconnectRequiredSince:O}, Reason = {Reason} }}";
}

/// <summary>A grant from the store, with the version that a write must name.</summary>
/// <param name="Grant">The grant.</param>
/// <param name="Version">Opaque; changes with each write.</param>
public sealed record StoredGrant(OAuthGrant Grant, string Version);
