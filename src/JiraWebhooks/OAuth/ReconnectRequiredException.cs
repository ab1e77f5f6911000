namespace JiraWebhooks.OAuth;

/// <summary>A grant is dead or never existed: a person must connect the site again.</summary>
/// <param name="grant">The grant's name in the token store.</param>
/// <param name="reason">Atlassian's error code or a sentence of this app, or null.</param>
internal sealed class ReconnectRequiredException(string grant, string? reason = null)
    : Exception(reason is null
        ? $"The OAuth grant {grant} is missing or no longer valid: connect the site again, see docs/sites.md."
        : $"The OAuth grant {grant} is no longer valid ({reason}): connect the site again, see docs/sites.md.")
{
    /// <summary>The grant's name.</summary>
    public string Grant => grant;
}
