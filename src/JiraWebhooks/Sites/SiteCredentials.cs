using JiraWebhooks.Hosting;

namespace JiraWebhooks.Sites;

/// <summary>The secrets of one site, from the settings, a request or the secret store. Null is what is absent, empty or unresolved.</summary>
public sealed record SiteCredentials
{
    public SiteSecret? Secret { get; init; }

    public SiteSecret? PreviousSecret { get; init; }

    public SiteSecret? RefreshToken { get; init; }

    public string? UserName { get; init; }

    public SiteSecret? ApiToken { get; init; }
}
