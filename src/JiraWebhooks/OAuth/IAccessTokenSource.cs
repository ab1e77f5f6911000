using JiraWebhooks.Sites;

namespace JiraWebhooks.OAuth;

/// <summary>Provides the bearer tokens for calls to OAuth sites. Tests of the calls replace it.</summary>
internal interface IAccessTokenSource
{
    /// <summary>Returns an access token that is valid for at least some minutes. <paramref name="rejected"/> is a token that Jira has just
    /// answered with 401, or null: that token is never returned again.</summary>
    ValueTask<string> GetAccessTokenAsync(Site site, string? rejected, CancellationToken cancellationToken);
}
