using JiraWebhooks.Runs;

namespace JiraWebhooks.Webhooks;

/// <summary>What a refresh run did for one site.</summary>
/// <param name="Site">The site's slug.</param>
public sealed record SiteRefresh(string Site) : SiteResult(Site)
{
    /// <summary>Webhooks created.</summary>
    public int Registered { get; init; }

    /// <summary>Webhooks whose expiry is confirmed beyond 25 days.</summary>
    public int Extended { get; init; }

    /// <summary>Webhooks created again because Jira did not extend them.</summary>
    public int Replaced { get; init; }

    /// <summary>Declared webhooks that have no live webhook with their current definition after the run. Some of these may still be live with the former
    /// definition.</summary>
    public int Failed { get; init; }

    /// <summary>Earliest known expiry of the site's webhooks, or null if none is known.</summary>
    public DateTimeOffset? SoonestExpiry { get; init; }

    /// <summary>True if every declared webhook is live with its current definition, and there is no problem.</summary>
    internal override bool IsOk => this is { Failed: 0, Problem: null };
}
