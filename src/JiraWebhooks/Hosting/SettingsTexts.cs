using Microsoft.Extensions.Configuration;

namespace JiraWebhooks.Hosting;

/// <summary>The global settings as the configuration gives them, without surrounding blanks; a blank text is null. Nothing is converted here: the
/// configuration binder stops at the first error and shows the value. <see cref="SettingsValidator"/> reports all errors.</summary>
internal sealed class SettingsTexts
{
    private readonly Dictionary<string, string?> _texts = new(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Names =
    [
        Setting.PublicBaseUrl, Setting.HostName, Setting.Publisher, Setting.ApiUrl, Setting.AuthUrl, Setting.KeyVault, Setting.TokenFolder,
        Setting.ClientId, Setting.ClientSecret, Setting.PreviousClientSecret, Setting.QueueName, Setting.Container, Setting.Threshold, Setting.MaxBodyBytes,
        Setting.TakeOver, Setting.RunParallelism, Schedules.Refresh, Schedules.Poll,
        StorageSettings.Section, .. StorageSettings.Names.Select(name => $"{StorageSettings.Section}__{name}"),
        ServiceBusSettings.Section, .. ServiceBusSettings.Names.Select(name => $"{ServiceBusSettings.Section}__{name}"),
    ];

    /// <summary>The text of the setting <paramref name="name"/>, with <c>__</c> between section and name; null if it is not set.</summary>
    public string? this[string name] => _texts.GetValueOrDefault(name);

    /// <summary>Reads all settings of <paramref name="configuration"/>.</summary>
    public void Read(IConfiguration configuration)
    {
        foreach (var name in Names)
        {
            var text = configuration[name.Replace("__", ":", StringComparison.Ordinal)];
            _texts[name] = string.IsNullOrWhiteSpace(text) ? null : text.Trim();
        }
    }

    /// <summary>Names of settings.</summary>
    internal static class Setting
    {
        public const string PublicBaseUrl = "PublicBaseUrl";
        public const string HostName = "WEBSITE_HOSTNAME";
        public const string Publisher = "Publisher";
        public const string ApiUrl = "AtlassianApiUrl";
        public const string AuthUrl = "AtlassianAuthUrl";
        public const string KeyVault = "KeyVaultUri";
        public const string TokenFolder = "TokenFolder";
        public const string ClientId = "OAuthClientId";
        public const string ClientSecret = "OAuthClientSecret";
        public const string PreviousClientSecret = "OAuthPreviousClientSecret";
        public const string QueueName = "QueueName";
        public const string Container = "ClaimCheckContainer";
        public const string Threshold = "ClaimCheckThreshold";
        public const string MaxBodyBytes = "MaxBodyBytes";
        public const string TakeOver = "TakeOver";
        public const string RunParallelism = "RunParallelism";
    }
}
