using System.Security.Cryptography;

namespace JiraSimulator;

/// <summary>Atlassian's authorization server: consents, and refresh tokens that rotate (docs/jira-behaviour.md#oauth-tokens). A used refresh
/// token works for ten more minutes; its use after that revokes the whole grant.</summary>
public sealed class OAuthServer(TimeProvider clock)
{
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(5);

    /// <summary>The scopes that the operations require.</summary>
    internal static readonly string[] Needed = ["read:jira-work", "manage:jira-webhook"];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, RefreshToken> _refresh = [];
    private readonly Dictionary<string, (Consent Consent, DateTimeOffset Until)> _access = [];
    private readonly Dictionary<string, (string ClientId, string RedirectUri, string[] Scopes, DateTimeOffset Until)> _codes = [];

    /// <summary>Lifetime of the access tokens issued from now on; Atlassian's is one hour.</summary>
    public TimeSpan AccessLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Returns a refresh token as a user's consent would.</summary>
    public string IssueGrant(string clientId) => Add(new Consent(clientId, Needed));

    /// <summary>Revokes the grant of <paramref name="refreshToken"/>, as a user does in the account settings.</summary>
    public void Revoke(string refreshToken)
    {
        lock (_gate) _refresh[refreshToken].Consent.Revoked = true;
    }

    /// <summary>Revokes every grant of an app.</summary>
    public void RevokeAll(string clientId)
    {
        lock (_gate)
        {
            foreach (var token in _refresh.Values.Where(token => token.Consent.ClientId == clientId)) token.Consent.Revoked = true;
        }
    }

    internal string IssueCode(string clientId, string redirectUri, string[] scopes)
    {
        var code = NewToken("code");
        lock (_gate) _codes[code] = (clientId, redirectUri, scopes, clock.GetUtcNow() + CodeLifetime);
        return code;
    }

    internal (string Access, string Refresh)? Exchange(string clientId, string code, string? redirectUri)
    {
        (string ClientId, string RedirectUri, string[] Scopes, DateTimeOffset Until) issued;
        lock (_gate)
        {
            if (!_codes.Remove(code, out issued) || issued.ClientId != clientId || issued.RedirectUri != redirectUri || issued.Until < clock.GetUtcNow()) return null;
        }

        return Rotate(clientId, Add(new Consent(clientId, issued.Scopes)));
    }

    internal (string Access, string Refresh)? Rotate(string clientId, string refreshToken)
    {
        Consent consent;
        lock (_gate)
        {
            if (!_refresh.TryGetValue(refreshToken, out var token) || token.Consent.ClientId != clientId || token.Consent.Revoked) return null;
            if (clock.GetUtcNow() - token.Used > Leeway)
            {
                token.Consent.Revoked = true;
                return null;
            }

            token.Used ??= clock.GetUtcNow();
            consent = token.Consent;
        }

        var access = NewToken("access");
        lock (_gate) _access[access] = (consent, clock.GetUtcNow() + AccessLifetime);
        return (access, Add(consent));
    }

    /// <summary>Returns the app of an access token, or null.</summary>
    internal string? ClientOf(string accessToken)
    {
        lock (_gate)
        {
            return _access.TryGetValue(accessToken, out var known) && known.Until > clock.GetUtcNow() && !known.Consent.Revoked ? known.Consent.ClientId : null;
        }
    }

    /// <summary>Returns the scopes that the owner of an access token has agreed to.</summary>
    internal IReadOnlyList<string> ScopesOf(string accessToken)
    {
        lock (_gate) return _access.TryGetValue(accessToken, out var known) ? known.Consent.Scopes : [];
    }

    private string Add(Consent consent)
    {
        var token = NewToken("refresh");
        lock (_gate) _refresh[token] = new RefreshToken(consent);
        return token;
    }

    private static string NewToken(string kind) => $"{kind}-{RandomNumberGenerator.GetHexString(32, lowercase: true)}";

    private sealed class Consent(string clientId, string[] scopes)
    {
        public string ClientId => clientId;

        public string[] Scopes => scopes;

        public bool Revoked { get; set; }
    }

    private sealed class RefreshToken(Consent consent)
    {
        public Consent Consent => consent;

        public DateTimeOffset? Used { get; set; }
    }
}
