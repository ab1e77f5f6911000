using System.Text.Json.Serialization;

namespace JiraWebhooks.Health;

/// <summary>The answer of Health.</summary>
/// <param name="Healthy">False if any site needs attention.</param>
/// <param name="Sites">The sites one by one; null in the short form, which is public and therefore gives no details.</param>
public sealed record HealthReport(bool Healthy, IReadOnlyList<SiteHealth>? Sites)
{
    /// <summary>A warning about all sites together, or why the report could not be made; null if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Notice { get; init; }

    /// <summary>The site that the next page begins with; null if this is the last page.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Next { get; init; }

    /// <summary>Returns the sites from the id <paramref name="from"/> on, at most <paramref name="max"/>.</summary>
    public HealthReport Page(string? from, int max)
    {
        if (Sites is null) return this;

        var rest = Sites.OrderBy(site => site.Site, StringComparer.Ordinal).Where(site => string.CompareOrdinal(site.Site, from) >= 0).ToList();
        return this with { Sites = [.. rest.Take(max)], Next = rest.Count > max ? rest[max].Site : null };
    }
}

/// <summary>The state of one site (docs/jira-behaviour.md#health-per-site). Times are UTC, and null if unknown.</summary>
/// <param name="Site">The site's slug.</param>
/// <param name="State"><c>ok</c>, <c>unhealthy</c>, <c>reconnect_required</c> or <c>disabled</c>; <c>disabled</c> is intended and not an error.</param>
/// <param name="Reason">Why the state is not <c>ok</c>, in one sentence without values of settings.</param>
/// <param name="Since">Since when the site is in this state, as far as the timers know.</param>
/// <param name="LastDelivery">When its last delivery was accepted, as far as it was saved.</param>
/// <param name="LastRefresh">When a refresh last succeeded completely.</param>
/// <param name="SoonestExpiry">The soonest expiry of its webhooks.</param>
/// <param name="Cursor">The time up to which its failed list was read.</param>
/// <param name="CursorAgeHours">Age of the cursor in hours; Jira keeps records for 72.</param>
/// <param name="Notice">A warning although the site has no error yet.</param>
public sealed record SiteHealth(
    string Site,
    string State,
    string? Reason,
    DateTimeOffset? Since,
    DateTimeOffset? LastDelivery,
    DateTimeOffset? LastRefresh,
    DateTimeOffset? SoonestExpiry,
    DateTimeOffset? Cursor,
    double? CursorAgeHours,
    string? Notice = null);
