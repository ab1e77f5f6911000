using System.Globalization;
using static JiraWebhooks.Hosting.SettingsTexts;

namespace JiraWebhooks.Hosting;

/// <summary>Makes <see cref="JiraWebhooksOptions"/> from texts.</summary>
internal static class SettingsParser
{
    /// <summary>Adds a sentence to <paramref name="errors"/> for each setting that is missing or invalid. The result is valid only if there is
    /// none.</summary>
    public static JiraWebhooksOptions Parse(SettingsTexts texts, List<string> errors)
    {
        var defaults = new JiraWebhooksOptions { PublicBaseUrl = new Uri("https://localhost") };
        var options = defaults with
        {
            PublicBaseUrl = PublicBaseUrl(texts, errors) ?? defaults.PublicBaseUrl,
            Publisher = Publisher(texts[Setting.Publisher], errors),
            AtlassianApiUrl = Url(texts, Setting.ApiUrl, errors) ?? defaults.AtlassianApiUrl,
            AtlassianAuthUrl = Url(texts, Setting.AuthUrl, errors) ?? defaults.AtlassianAuthUrl,
            KeyVaultUri = Url(texts, Setting.KeyVault, errors),
            TokenFolder = texts[Setting.TokenFolder] ?? defaults.TokenFolder,
            OAuthClientId = texts[Setting.ClientId],
            OAuthClientSecret = SiteSecret.From(texts[Setting.ClientSecret]),
            OAuthPreviousClientSecret = SiteSecret.From(texts[Setting.PreviousClientSecret]),
            LacksPreviousClientSecret = SiteSecret.IsUnresolved(texts[Setting.PreviousClientSecret]),
            QueueName = Name(texts, Setting.QueueName, errors) ?? defaults.QueueName,
            ClaimCheckContainer = Name(texts, Setting.Container, errors) ?? defaults.ClaimCheckContainer,
            ClaimCheckThreshold = Threshold(texts[Setting.Threshold], errors),
            MaxBodyBytes = MaxBodyBytes(texts[Setting.MaxBodyBytes], errors) ?? defaults.MaxBodyBytes,
            RunParallelism = RunParallelism(texts[Setting.RunParallelism], errors) ?? defaults.RunParallelism,
            TakeOver = TakeOver(texts[Setting.TakeOver], errors),
        };

        // A secret that is set but unusable, for example a Key Vault reference that is not resolved yet, must not stop the start.
        var (id, secret) = (texts[Setting.ClientId], texts[Setting.ClientSecret]);
        if (id is null && secret is not null) errors.Add("OAuthClientId is missing: OAuthClientSecret is of no use without it.");
        if (id is not null && secret is null) errors.Add("OAuthClientSecret is missing: OAuthClientId is of no use without it.");

        options = options with { Storage = StorageSettings.Parse(texts, errors) };
        errors.AddRange(Schedules.Errors(texts));
        return options.Publisher is PublisherKind.ServiceBus ? options with { ServiceBus = ServiceBusSettings.Parse(texts, errors) } : options;
    }

    /// <summary>True for https on any host, and for http on this machine, where the simulator runs.</summary>
    public static bool IsHttpsOrLoopback(Uri url) =>
        (url.Scheme == Uri.UriSchemeHttps && HasHost(url)) || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);

    /// <summary>True if <paramref name="url"/> has a user name or a password. The user information of <c>https://@host</c> is empty, but its @ would
    /// be in each address that is made from it.</summary>
    public static bool HasUser(Uri url) => url.UserInfo.Length > 0 || url.AbsoluteUri.StartsWith($"{url.Scheme}://@", StringComparison.Ordinal);

    /// <summary>True if <paramref name="url"/> has a query or a fragment. Those of <c>https://host?</c> are empty, but a path that is added to this
    /// address would be no path.</summary>
    public static bool HasQuery(Uri url) => url.AbsoluteUri.AsSpan().IndexOfAny('?', '#') >= 0;

    private static Uri? PublicBaseUrl(SettingsTexts texts, List<string> errors)
    {
        if (texts[Setting.PublicBaseUrl] is null)
        {
            var host = texts[Setting.HostName] is { } name && !name.StartsWith("localhost", StringComparison.OrdinalIgnoreCase) ? name : null;
            if (host is not null && Origin(host) is { } origin) return origin;

            errors.Add(host is null
                ? "PublicBaseUrl is missing: set it to the https address under which Jira reaches this app."
                : "PublicBaseUrl is missing, and WEBSITE_HOSTNAME is not the name of a host: set PublicBaseUrl to the https address under which Jira reaches this app.");
            return null;
        }

        return Url(texts, Setting.PublicBaseUrl, errors, "Jira drops query parameters on delivery");
    }

    private static Uri? Origin(string host) =>
        Uri.TryCreate($"https://{host}", UriKind.Absolute, out var url) && IsHttpsOrLoopback(url)
        && url.AbsolutePath is "/" && !HasQuery(url) && !HasUser(url) ? url : null;

    // Uri accepts names of hosts that HttpClient cannot convert for DNS. Every request would throw UriFormatException.
    private static bool HasHost(Uri url)
    {
        try
        {
            return url.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }

    private static PublisherKind Publisher(string? text, List<string> errors)
    {
        if (text is null) return PublisherKind.ServiceBus;
        if (Enum.TryParse<PublisherKind>(text, ignoreCase: true, out var kind) && Enum.IsDefined(kind)) return kind;

        errors.Add($"Publisher must be one of {string.Join(", ", Enum.GetNames<PublisherKind>())}.");
        return PublisherKind.StorageQueue; // it needs no further settings
    }

    private static int? Threshold(string? text, List<string> errors)
    {
        if (text is null) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0) return bytes;

        errors.Add("ClaimCheckThreshold must be a whole number of bytes above 0.");
        return null;
    }

    private static int? MaxBodyBytes(string? text, List<string> errors)
    {
        if (text is null) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            && bytes is >= JiraWebhooksOptions.JirasBodyLimit and <= JiraWebhooksOptions.LargestBodyLimit)
        {
            return bytes;
        }

        errors.Add($"MaxBodyBytes must be a whole number of bytes from {JiraWebhooksOptions.JirasBodyLimit}, what Jira sends at most, to {JiraWebhooksOptions.LargestBodyLimit}.");
        return null;
    }

    private static int? RunParallelism(string? text, List<string> errors)
    {
        if (text is null) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sites) && sites is >= 1 and <= 64) return sites;

        errors.Add("RunParallelism must be a whole number of sites from 1 to 64.");
        return null;
    }

    private static bool TakeOver(string? text, List<string> errors)
    {
        if (text is null) return false;
        if (bool.TryParse(text, out var takeOver)) return takeOver;

        errors.Add("TakeOver must be true or false.");
        return false;
    }

    private static string? Name(SettingsTexts texts, string name, List<string> errors)
    {
        if (texts[name] is not { } text) return null;
        if (StorageName.IsValid(text)) return text;

        errors.Add($"{name} must be {StorageName.Rule}.");
        return null;
    }

    private static Uri? Url(SettingsTexts texts, string name, List<string> errors, string noQuery = "paths are added to this address")
    {
        if (texts[name] is not { } text) return null;

        var isAddress = Uri.TryCreate(text, UriKind.Absolute, out var url) && IsHttpsOrLoopback(url);
        var problem = !isAddress ? "be an absolute https address (http only for this machine)"
            : HasUser(url!) ? "have no user name or password"
            : HasQuery(url!) ? $"have no query or fragment: {noQuery}"
            : null;
        if (problem is null) return url;

        errors.Add($"{name} must {problem}.");
        return null;
    }
}
