using System.Text.Json.Serialization;

namespace JiraWebhooks.Runs;

/// <summary>What a run did for one site.</summary>
/// <param name="Site">The site's slug.</param>
public abstract record SiteResult(string Site)
{
    /// <summary>Why the site's run ended early or left something undone, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>True if another run held the site: nothing was done, and nothing is wrong.</summary>
    public bool Busy { get; init; }

    /// <summary>True if nothing is left to do for this site.</summary>
    [JsonIgnore]
    internal virtual bool IsOk => Problem is null;
}
