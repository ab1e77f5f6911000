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

    /// <summary>Webhooks created anew because Jira would not extend them.</summary>
    public int Replaced { get; init; }

    /// <summary>Subscriptions that have no live webhook after the run.</summary>
    public int Failed { get; init; }

    /// <summary>Soonest known expiry among the site's webhooks, or null when none is known.</summary>
    public DateTimeOffset? SoonestExpiry { get; init; }

    /// <summary>True when every webhook that is wanted is there, and nothing is wrong.</summary>
    internal override bool IsOk => this is { Failed: 0, Problem: null };
}
