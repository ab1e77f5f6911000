namespace JiraWebhooks.Hosting;

/// <summary>Global settings are missing or wrong. The message lists every mistake and how to mend it, one a line, and no values.</summary>
public sealed class SettingsException(IReadOnlyList<string> mistakes)
    : Exception("The settings cannot be used:\n" + string.Join('\n', mistakes.Select(mistake => "  - " + mistake)))
{
    /// <summary>One sentence per mistake.</summary>
    public IReadOnlyList<string> Mistakes => mistakes;
}
