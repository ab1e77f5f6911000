using System.Text.Json.Serialization;

namespace JiraWebhooks.Runs;

/// <summary>What a run did for one site.</summary>
/// <param name="Site">The site's slug.</param>
public abstract record SiteResult(string Site)
{
    /// <summary>Why the run at this site ended early or is incomplete, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>True if another run held the site. Nothing was done, and this is not an error.</summary>
    public bool Busy { get; init; }

    /// <summary>How long Jira asks to wait; null if it does not.</summary>
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Fingerprint of the settings that the run applied; null if the run does not depend on settings.</summary>
    [JsonIgnore]
    public string? SettingsFingerprint { get; init; }

    /// <summary>True if the time of the run ended during this site's turn, or before it.</summary>
    [JsonIgnore]
    internal bool IsCutShort { get; init; }

    /// <summary>True if nothing is left to do for this site.</summary>
    [JsonIgnore]
    internal virtual bool IsOk => Problem is null;
}
