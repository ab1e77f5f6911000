using JiraWebhooks.Hosting;

namespace JiraWebhooks.Sites;

/// <summary>One entry of the settings section <c>Sites</c>, whose keys are the site ids: <c>Sites__acme__Url</c> and so on.</summary>
internal sealed record SiteOptions : SiteSettings
{
    /// <summary>Client secret, shared secret or webhook secret.</summary>
    public string? Secret { get; init; }

    /// <summary>The secret before the last rotation.</summary>
    public string? PreviousSecret { get; init; }

    /// <summary>OAuth: refresh token that seeds an empty store.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>Basic authentication's account; admin webhooks only.</summary>
    public string? UserName { get; init; }

    /// <summary>Basic authentication's API token.</summary>
    public string? ApiToken { get; init; }

    internal SiteCredentials Credentials() => new()
    {
        Secret = SiteSecret.From(Secret),
        PreviousSecret = SiteSecret.From(PreviousSecret),
        UnresolvedPrevious = SiteSecret.IsUnresolved(PreviousSecret) ? nameof(PreviousSecret) : null,
        RefreshToken = SiteSecret.From(RefreshToken),
        UserName = UserName,
        ApiToken = SiteSecret.From(ApiToken),
    };

    /// <inheritdoc/>
    public override string ToString() => $"{nameof(SiteOptions)} {{ Url = {Url} }}";
}
