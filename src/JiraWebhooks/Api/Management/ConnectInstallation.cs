using JiraWebhooks.Sites;

namespace JiraWebhooks.Api;

/// <summary>An existing installation of a Connect app, with the names that its <c>installed</c> callback had, so that what was kept of it can
/// be sent as it is (<see href="https://developer.atlassian.com/cloud/jira/platform/connect-app-descriptor/#lifecycle"/>). What else that
/// body held is skipped.</summary>
/// <param name="Key">The app's key.</param>
/// <param name="ClientKey">The installation's clientKey.</param>
/// <param name="SharedSecret">The secret that signs both ways.</param>
/// <param name="BaseUrl">The site's address.</param>
public sealed record ConnectInstallation(string? Key, string? ClientKey, string? SharedSecret, string? BaseUrl)
{
    /// <summary>The shared secret before the last installation, if deliveries may still be signed with it.</summary>
    public string? PreviousSharedSecret { get; init; }

    /// <summary>Where the API is, if not at the base URL.</summary>
    public string? ApiUrl { get; init; }

    /// <summary>The webhooks wanted; those of the settings where none are given.</summary>
    public Dictionary<string, SubscriptionOptions>? Subscriptions { get; init; }

    /// <summary>The same as settings of a site.</summary>
    public SiteOptions ToOptions() => new()
    {
        Scheme = nameof(SiteScheme.Connect),
        Url = BaseUrl,
        ApiUrl = ApiUrl,
        AppKey = Key,
        ClientKey = ClientKey,
        Secret = SharedSecret,
        PreviousSecret = PreviousSharedSecret,
        Subscriptions = Subscriptions ?? [],
    };

    /// <inheritdoc/>
    public override string ToString() => $"{nameof(ConnectInstallation)} {{ BaseUrl = {BaseUrl} }}";
}
