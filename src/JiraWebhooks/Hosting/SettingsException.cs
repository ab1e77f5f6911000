namespace JiraWebhooks.Hosting;

/// <summary>Global settings are missing or invalid. The message lists every error and its fix, one per line, without values.</summary>
public sealed class SettingsException(IReadOnlyList<string> mistakes)
    : Exception("The settings cannot be used:\n" + string.Join('\n', mistakes.Select(mistake => "  - " + mistake)))
{
    /// <summary>One sentence per error.</summary>
    public IReadOnlyList<string> Mistakes => mistakes;
}
