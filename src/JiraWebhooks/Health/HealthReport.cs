namespace JiraWebhooks.Health;

/// <summary>What Health answers.</summary>
/// <param name="Healthy">False when any site needs somebody's attention.</param>
/// <param name="Sites">The sites one by one; null in the short form, which tells a stranger nothing.</param>
public sealed record HealthReport(bool Healthy, IReadOnlyList<SiteHealth>? Sites);

/// <summary>One site's state (docs/jira-behaviour.md#health-per-site). Times are UTC and null where nothing is known yet.</summary>
/// <param name="Site">The site's slug.</param>
/// <param name="State"><c>ok</c>, <c>unhealthy</c>, <c>reconnect_required</c> or <c>disabled</c>; the last is somebody's wish and no trouble.</param>
/// <param name="Reason">Why it is not ok, in one sentence that names no value.</param>
/// <param name="Since">Since when it is so, as far as the timers have seen it.</param>
/// <param name="LastDelivery">When its last delivery was accepted, as far as saved.</param>
/// <param name="LastRefresh">When a refresh last kept every subscription alive.</param>
/// <param name="SoonestExpiry">The soonest expiry among its webhooks.</param>
/// <param name="Cursor">How far its failed list was read.</param>
/// <param name="CursorAgeHours">Age of the cursor in hours; Jira keeps records for 72.</param>
/// <param name="Notice">What somebody should know although nothing is wrong yet.</param>
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
