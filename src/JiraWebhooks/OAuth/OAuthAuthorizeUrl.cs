namespace JiraWebhooks.OAuth;

/// <summary>Builds the URL at which a person gives consent.</summary>
internal static class OAuthAuthorizeUrl
{
    /// <summary>The scopes of the webhook operations, and the one for a refresh token
    /// (<see href="https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/"/>).</summary>
    public static IReadOnlyList<string> DefaultScopes { get; } = ["read:jira-work", "manage:jira-webhook", "offline_access"];

    /// <summary>Returns the URL to open in a browser. <paramref name="authUrl"/> is the authorization server's root; <paramref name="state"/>
    /// comes back with the code and must be compared.</summary>
    public static Uri For(Uri authUrl, string clientId, Uri redirectUri, string state, IEnumerable<string>? scopes = null)
    {
        (string Name, string Value)[] parameters =
        [
            ("audience", "api.atlassian.com"),
            ("client_id", clientId),
            ("scope", string.Join(' ', scopes ?? DefaultScopes)),
            ("redirect_uri", redirectUri.OriginalString),
            ("state", state),
            ("response_type", "code"),
            ("prompt", "consent"),
        ];
        var query = string.Join('&', parameters.Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}"));
        return new Uri($"{authUrl.AbsoluteUri.TrimEnd('/')}/authorize?{query}");
    }
}
