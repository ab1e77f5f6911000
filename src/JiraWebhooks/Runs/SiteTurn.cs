using JiraWebhooks.Sites;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Runs;

/// <summary>A site and what earlier runs of a kind have saved about it.</summary>
/// <param name="Site">The site.</param>
public sealed record SiteTurn(Site Site)
{
    /// <summary>When the last run was at the site; null if none was.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>When a run last left nothing to do; null if none has.</summary>
    public DateTimeOffset? OkAt { get; init; }

    /// <summary>Jira has asked not to be called before; null if it has not.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Fingerprint of the settings that the run at <see cref="OkAt"/> applied; null if unknown, or if the run does not depend on settings.</summary>
    public string? SettingsFingerprint { get; init; }

    /// <summary>True if a run should work at the site: its last success is older than <paramref name="every"/>, or applied settings with another
    /// <paramref name="fingerprint"/>. A run that was there after <paramref name="now"/>, the time of storage, was there by another clock: then
    /// what was saved does not count.</summary>
    internal bool IsDue(TimeSpan? every, string? fingerprint, DateTimeOffset now) =>
        At - now > StorageTime.Grain || (!(now < NotBefore) && (every is null || OkAt is null || now - OkAt >= every || SettingsFingerprint != fingerprint));
}
