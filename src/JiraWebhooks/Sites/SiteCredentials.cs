using JiraWebhooks.Hosting;

namespace JiraWebhooks.Sites;

/// <summary>The secrets of one site, from the settings, a request or the secret store. Null is what is absent, empty or unresolved.</summary>
public sealed record SiteCredentials
{
    /// <summary>The current secret: it signs and verifies.</summary>
    public SiteSecret? Secret { get; init; }

    /// <summary>The secret before the last rotation: it only verifies.</summary>
    public SiteSecret? PreviousSecret { get; init; }

    /// <summary>The setting of the previous secret, if it is a Key Vault reference that is not resolved; else null.</summary>
    public string? UnresolvedPrevious { get; init; }

    /// <summary>OAuth: refresh token that seeds an empty store.</summary>
    public SiteSecret? RefreshToken { get; init; }

    /// <summary>Account for basic authentication.</summary>
    public string? UserName { get; init; }

    /// <summary>API token that goes with <see cref="UserName"/>.</summary>
    public SiteSecret? ApiToken { get; init; }
}
