using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>Atlassian's side of a grant, on the harsh reading of what is known: each use of a refresh token gives another and leaves the old pair
/// 10 minutes; once one of several successors is used, the others are revoked.</summary>
internal sealed class TokenAuthority(FakeTimeProvider clock)
{
    private readonly Dictionary<string, RefreshToken> _refreshTokens = [];
    private readonly Dictionary<string, AccessToken> _accessTokens = [];
    private int _number;

    public TimeSpan Leeway { get; set; } = TimeSpan.FromMinutes(10);

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>True leaves the refresh token out of the answer and keeps the old one.</summary>
    public bool KeepsRefreshToken { get; set; }

    /// <summary>How often a refresh token was used that had been used before.</summary>
    public int Reuses { get; private set; }

    public int Refreshes { get; private set; }

    public string Consent() => Issue(parent: null).Name;

    public (string Access, string? Refresh)? Refresh(string name)
    {
        if (!_refreshTokens.TryGetValue(name, out var token) || token.Revoked) return null;
        if (token.UsedAt is { } usedAt && clock.GetUtcNow() - usedAt > Leeway) return null;

        Refreshes++;
        if (KeepsRefreshToken) return (IssueAccess(token), null);

        if (token.UsedAt is null) token.UsedAt = clock.GetUtcNow();
        else Reuses++;
        foreach (var companion in _refreshTokens.Values.Where(other => other != token && other.Parent == token.Parent && token.Parent is not null)) companion.Revoked = true;
        var next = Issue(token);
        return (IssueAccess(next), next.Name);
    }

    /// <summary>The answer to the body of <c>POST /oauth/token</c>.</summary>
    public HttpResponseMessage Answer(string body)
    {
        using var json = JsonDocument.Parse(body);
        return Refresh(json.RootElement.GetProperty("refresh_token").GetString()!) is var (access, refresh)
            ? TokenEndpoint.Json(200, JsonSerializer.Serialize(new { access_token = access, refresh_token = refresh, expires_in = (int)Lifetime.TotalSeconds, token_type = "Bearer" }))
            : TokenEndpoint.Json(403, """{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}""");
    }

    public bool Accepts(string accessToken) =>
        _accessTokens.TryGetValue(accessToken, out var token)
        && !token.Revoked && !token.Owner.Revoked
        && clock.GetUtcNow() < token.ExpiresAt
        && !(token.Owner.UsedAt is { } usedAt && clock.GetUtcNow() - usedAt > Leeway);

    /// <summary>True for an access token taken back before its time.</summary>
    public bool WasRevoked(string accessToken) => _accessTokens[accessToken].Revoked;

    public void RevokeAccessTokens()
    {
        foreach (var token in _accessTokens.Values) token.Revoked = true;
    }

    public void RevokeGrant()
    {
        foreach (var token in _refreshTokens.Values) token.Revoked = true;
    }

    private RefreshToken Issue(RefreshToken? parent)
    {
        var token = new RefreshToken(string.Create(CultureInfo.InvariantCulture, $"refresh-{++_number}"), parent);
        _refreshTokens.Add(token.Name, token);
        return token;
    }

    private string IssueAccess(RefreshToken owner)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"access-{++_number}");
        _accessTokens.Add(name, new AccessToken(owner, clock.GetUtcNow() + Lifetime));
        return name;
    }

    private sealed class RefreshToken(string name, RefreshToken? parent)
    {
        public string Name => name;

        public RefreshToken? Parent => parent;

        public DateTimeOffset? UsedAt { get; set; }

        public bool Revoked { get; set; }
    }

    private sealed class AccessToken(RefreshToken owner, DateTimeOffset expiresAt)
    {
        public RefreshToken Owner => owner;

        public DateTimeOffset ExpiresAt => expiresAt;

        public bool Revoked { get; set; }
    }
}
