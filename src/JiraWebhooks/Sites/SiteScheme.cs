namespace JiraWebhooks.Sites;

/// <summary>How a site signs its deliveries and how its API is called. The scheme is a setting, never the sender's choice.</summary>
public enum SiteScheme
{
    /// <summary>OAuth 2.0 (3LO) app: deliveries carry <c>Bearer</c> JWTs signed with the client secret; calls carry an access token.</summary>
    OAuth,

    /// <summary>Connect app: deliveries carry <c>JWT</c> tokens with <c>qsh</c> signed with the shared secret; calls carry the same kind.</summary>
    Connect,

    /// <summary>Admin webhook: deliveries carry <c>X-Hub-Signature</c>. Jira lets only apps call the webhook operations, so nothing is registered.</summary>
    AdminWebhook,
}
