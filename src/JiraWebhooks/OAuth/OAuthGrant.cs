namespace JiraWebhooks.OAuth;

/// <summary>What an OAuth 2.0 (3LO) consent gave us, and what became of it. It never prints its tokens.</summary>
public sealed record OAuthGrant
{
    /// <summary>The refresh token; Atlassian replaces it on each use.</summary>
    public required string RefreshToken { get; init; }

    /// <summary>The access token that came with it, or null before the first refresh.</summary>
    public string? AccessToken { get; init; }

    /// <summary>When <see cref="AccessToken"/> ends, UTC.</summary>
    public DateTimeOffset? AccessTokenExpiresAt { get; init; }

    /// <summary>Since when Atlassian refuses <see cref="RefreshToken"/> for good; null while it is fine. The grant is kept for inspection.</summary>
    public DateTimeOffset? ReconnectRequiredSince { get; init; }

    /// <summary>Atlassian's error code that goes with <see cref="ReconnectRequiredSince"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>The state without the tokens.</summary>
    public override string ToString() =>
        $"{nameof(OAuthGrant)} {{ AccessTokenExpiresAt = {AccessTokenExpiresAt:O}, ReconnectRequiredSince = {ReconnectRequiredSince:O}, Reason = {Reason} }}";
}

/// <summary>A grant as it was read, with the version that a write must name.</summary>
/// <param name="Grant">The grant.</param>
/// <param name="Version">Opaque; changes with each write.</param>
public sealed record StoredGrant(OAuthGrant Grant, string Version);
