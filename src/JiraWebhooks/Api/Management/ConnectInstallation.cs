using JiraWebhooks.Sites;

namespace JiraWebhooks.Api;

/// <summary>An existing installation of a Connect app. The names are those of the <c>installed</c> callback, so a stored callback body can be
/// sent unchanged (<see href="https://developer.atlassian.com/cloud/jira/platform/connect-app-descriptor/#lifecycle"/>). Other properties of
/// that body are ignored.</summary>
/// <param name="Key">The app's key.</param>
/// <param name="ClientKey">The installation's clientKey.</param>
/// <param name="SharedSecret">The secret that signs requests in both directions.</param>
/// <param name="BaseUrl">The site's address.</param>
internal sealed record ConnectInstallation(string? Key, string? ClientKey, string? SharedSecret, string? BaseUrl)
{
    /// <summary>The shared secret before the last installation, if deliveries may still be signed with it.</summary>
    public string? PreviousSharedSecret { get; init; }

    /// <summary>The address of the API, if it is not the base URL.</summary>
    public string? ApiUrl { get; init; }

    /// <summary>The declared webhooks; null or empty means those of the settings.</summary>
    public Dictionary<string, DeclaredWebhookOptions>? Webhooks { get; init; }

    /// <summary>Converts the installation to a request for the site.</summary>
    public SiteRequest ToRequest() => new()
    {
        Scheme = nameof(SiteScheme.Connect),
        Url = BaseUrl,
        ApiUrl = ApiUrl,
        AppKey = Key,
        ClientKey = ClientKey,
        Secret = SharedSecret,
        PreviousSecret = PreviousSharedSecret,
        Webhooks = Webhooks ?? [],
    };

    /// <inheritdoc/>
    public override string ToString() => $"{nameof(ConnectInstallation)} {{ BaseUrl = {BaseUrl} }}";
}
