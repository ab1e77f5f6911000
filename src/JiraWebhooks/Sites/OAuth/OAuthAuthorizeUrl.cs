namespace JiraWebhooks.Sites.OAuth;

/// <summary>Where a user gives the consent (<see href="https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/"/>).</summary>
public static class OAuthAuthorizeUrl
{
    /// <summary>What this system needs: to read what its filters name, to manage its webhooks, and to go on when the user has left.</summary>
    public static IReadOnlyList<string> Scopes { get; } = ["read:jira-work", "manage:jira-webhook", "offline_access"];

    /// <summary>The address to open.</summary>
    /// <param name="authUrl">Root of the authorization server.</param>
    /// <param name="clientId">The app.</param>
    /// <param name="redirectUri">Exactly as registered in the developer console.</param>
    /// <param name="state">Random, bound to the browser, used once.</param>
    public static Uri For(Uri authUrl, string clientId, Uri redirectUri, string state) => new(
        $"{authUrl.AbsoluteUri.TrimEnd('/')}/authorize?audience=api.atlassian.com"
        + $"&client_id={Uri.EscapeDataString(clientId)}"
        + $"&scope={Uri.EscapeDataString(string.Join(' ', Scopes))}"
        + $"&redirect_uri={Uri.EscapeDataString(redirectUri.AbsoluteUri)}"
        + $"&state={Uri.EscapeDataString(state)}"
        + "&response_type=code&prompt=consent");
}
