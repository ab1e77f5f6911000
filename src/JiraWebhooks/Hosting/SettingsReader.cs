using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace JiraWebhooks.Hosting;

/// <summary>Reads <see cref="JiraWebhooksOptions"/> and reports all errors at once, by the name of the setting and never by its value.</summary>
public static class SettingsReader
{
    /// <summary>Reads the global settings of <paramref name="configuration"/>.</summary>
    /// <exception cref="SettingsException">At least one setting is missing or invalid.</exception>
    public static JiraWebhooksOptions Read(IConfiguration configuration)
    {
        var mistakes = new List<string>();
        var options = Read(configuration, mistakes);
        return mistakes.Count == 0 ? options : throw new SettingsException(mistakes);
    }

    /// <summary>For callers with further errors: adds to <paramref name="mistakes"/>. The result is valid only if that list is empty.</summary>
    public static JiraWebhooksOptions Read(IConfiguration configuration, List<string> mistakes)
    {
        var defaults = new JiraWebhooksOptions { PublicBaseUrl = new Uri("https://localhost") };
        var options = defaults with
        {
            PublicBaseUrl = PublicBaseUrl(configuration, mistakes) ?? defaults.PublicBaseUrl,
            Publisher = Publisher(configuration, mistakes),
            AtlassianApiUrl = Url(configuration, "AtlassianApiUrl", mistakes) ?? defaults.AtlassianApiUrl,
            AtlassianAuthUrl = Url(configuration, "AtlassianAuthUrl", mistakes) ?? defaults.AtlassianAuthUrl,
            KeyVaultUri = Url(configuration, "KeyVaultUri", mistakes),
            TokenFolder = Text(configuration, "TokenFolder") ?? defaults.TokenFolder,
            OAuthClientId = Text(configuration, "OAuthClientId"),
            OAuthClientSecret = SiteSecret.From(Text(configuration, "OAuthClientSecret")),
            OAuthPreviousClientSecret = SiteSecret.From(Text(configuration, "OAuthPreviousClientSecret")),
            QueueName = Name(configuration, "QueueName", mistakes) ?? defaults.QueueName,
            ClaimCheckContainer = Name(configuration, "ClaimCheckContainer", mistakes) ?? defaults.ClaimCheckContainer,
            ClaimCheckThreshold = ClaimCheckThreshold(configuration, mistakes),
            MaxBodyBytes = MaxBodyBytes(configuration, mistakes) ?? defaults.MaxBodyBytes,
            TakeOver = TakeOver(configuration, mistakes),
        };

        // A secret that is set but unusable, for example a Key Vault reference that is not resolved yet, must not stop the start.
        if (options.OAuthClientId is null && Text(configuration, "OAuthClientSecret") is not null) mistakes.Add("OAuthClientId is missing: OAuthClientSecret is of no use without it.");
        if (options.OAuthClientId is not null && Text(configuration, "OAuthClientSecret") is null) mistakes.Add("OAuthClientSecret is missing: OAuthClientId is of no use without it.");
        return options;
    }

    private static Uri? PublicBaseUrl(IConfiguration configuration, List<string> mistakes)
    {
        if (Text(configuration, "PublicBaseUrl") is null)
        {
            if (Text(configuration, "WEBSITE_HOSTNAME") is { } host && !host.StartsWith("localhost", StringComparison.OrdinalIgnoreCase))
            {
                return new Uri($"https://{host}");
            }

            mistakes.Add("PublicBaseUrl is missing: set it to the https address under which Jira reaches this app.");
            return null;
        }

        var url = Url(configuration, "PublicBaseUrl", mistakes);
        if (url is not null && (url.Query.Length > 0 || url.Fragment.Length > 0))
        {
            mistakes.Add("PublicBaseUrl must have no query or fragment: Jira drops query parameters on delivery.");
        }

        return url;
    }

    private static PublisherKind Publisher(IConfiguration configuration, List<string> mistakes)
    {
        if (Text(configuration, "Publisher") is not { } text) return PublisherKind.ServiceBus;
        if (Enum.TryParse<PublisherKind>(text, ignoreCase: true, out var kind) && Enum.IsDefined(kind)) return kind;

        mistakes.Add($"Publisher must be one of {string.Join(", ", Enum.GetNames<PublisherKind>())}.");
        return PublisherKind.StorageQueue; // it needs no further settings
    }

    private static int? ClaimCheckThreshold(IConfiguration configuration, List<string> mistakes)
    {
        if (Text(configuration, "ClaimCheckThreshold") is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0) return bytes;

        mistakes.Add("ClaimCheckThreshold must be a whole number of bytes above 0.");
        return null;
    }

    private static int? MaxBodyBytes(IConfiguration configuration, List<string> mistakes)
    {
        if (Text(configuration, "MaxBodyBytes") is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            && bytes is >= JiraWebhooksOptions.JirasBodyLimit and <= JiraWebhooksOptions.LargestBodyLimit)
        {
            return bytes;
        }

        mistakes.Add($"MaxBodyBytes must be a whole number of bytes from {JiraWebhooksOptions.JirasBodyLimit}, what Jira sends at most, to {JiraWebhooksOptions.LargestBodyLimit}.");
        return null;
    }

    private static bool TakeOver(IConfiguration configuration, List<string> mistakes)
    {
        if (Text(configuration, "TakeOver") is not { } text) return false;
        if (bool.TryParse(text, out var takeOver)) return takeOver;

        mistakes.Add("TakeOver must be true or false.");
        return false;
    }

    private static string? Name(IConfiguration configuration, string name, List<string> mistakes)
    {
        if (Text(configuration, name) is not { } text) return null;
        if (StorageName.IsValid(text)) return text;

        mistakes.Add($"{name} must be {StorageName.Rule}.");
        return null;
    }

    private static Uri? Url(IConfiguration configuration, string name, List<string> mistakes)
    {
        if (Text(configuration, name) is not { } text) return null;
        var isAddress = Uri.TryCreate(text, UriKind.Absolute, out var url) && IsHttpsOrLoopback(url);
        if (isAddress && url!.UserInfo.Length == 0) return url;

        mistakes.Add(isAddress ? $"{name} must have no user name or password." : $"{name} must be an absolute https address (http only for this machine).");
        return null;
    }

    /// <summary>True for https on any host, and for http on this machine, where the simulator runs.</summary>
    public static bool IsHttpsOrLoopback(Uri url) =>
        url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);

    private static string? Text(IConfiguration configuration, string name) =>
        configuration[name] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
