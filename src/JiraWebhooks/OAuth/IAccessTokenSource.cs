using JiraWebhooks.Sites;

namespace JiraWebhooks.OAuth;

/// <summary>Where calls to an OAuth site get their bearer token. Tests of the calls put their own in its place.</summary>
public interface IAccessTokenSource
{
    /// <summary>An access token that is good for at least some minutes. <paramref name="rejected"/> is one Jira has just answered 401 to,
    /// or null: it is never given again.</summary>
    ValueTask<string> GetAccessTokenAsync(Site site, string? rejected, CancellationToken cancellationToken);
}
