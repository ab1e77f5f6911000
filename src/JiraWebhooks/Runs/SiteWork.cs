using JiraWebhooks.Sites;

namespace JiraWebhooks.Runs;

/// <summary>What a run does at each site.</summary>
/// <typeparam name="T">What it reports.</typeparam>
/// <param name="Kind">A <see cref="RunKind"/>.</param>
/// <param name="Wants">True for the sites that take part.</param>
/// <param name="Nothing">The result for a site where nothing was done and nothing was required.</param>
/// <param name="Failed">The result for a site where everything failed.</param>
/// <param name="DoAsync">The work. Its exception becomes the site's problem.</param>
/// <param name="Log">Writes the result to the log.</param>
internal sealed record SiteWork<T>(
    string Kind,
    Func<Site, bool> Wants,
    Func<Site, T> Nothing,
    Func<Site, T> Failed,
    Func<Site, CancellationToken, Task<T>> DoAsync,
    Action<T> Log)
    where T : SiteResult
{
    /// <summary>How long a success is enough for a run of the timer; null if each run works at each site.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>Fingerprint of the settings that the run applies. If it changes, the site is due at once. Null if the run does not depend on settings.</summary>
    public Func<Site, string?> SettingsFingerprint { get; init; } = _ => null;
}
