namespace JiraWebhooks.Sites.OAuth;

/// <summary>A grant is dead or was never given: somebody must connect the site again.</summary>
/// <param name="grant">The grant's name in the token store.</param>
public sealed class ReconnectRequiredException(string grant)
    : Exception($"The OAuth grant {grant} is missing or no longer valid: connect the site again.")
{
    /// <summary>The grant's name.</summary>
    public string Grant => grant;
}
