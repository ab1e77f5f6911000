using System.Globalization;
using Azure.Data.Tables;
using JiraWebhooks.Sites;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Health;

/// <summary>What the saved rows of a site amount to. Health and the gauges, which the alerts are made of, judge by the same.</summary>
internal sealed class SiteState(Site site, IReadOnlyDictionary<string, TableEntity> rows)
{
    /// <summary>Refreshes come daily; <c>infra/queries/refresh-absent.kql</c> has the same number.</summary>
    public static readonly TimeSpan LongestWithoutRefresh = TimeSpan.FromHours(26);

    /// <summary>Polls come every 15 minutes; <c>infra/queries/cursor-age.kql</c> has the same number.</summary>
    public static readonly TimeSpan LongestWithoutPoll = TimeSpan.FromHours(2);

    /// <summary>A poll that fails for longer is in the alert on unhealthy sites: most failures are over by then.</summary>
    public static readonly TimeSpan LongestFailingPoll = TimeSpan.FromHours(24);

    /// <summary>Of the 72 h that Jira keeps failed deliveries for; <c>infra/queries/cursor-age.kql</c> has the same number.</summary>
    public static readonly TimeSpan OldestCursor = TimeSpan.FromHours(60);

    private static readonly TimeSpan LateNotice = TimeSpan.FromDays(1);

    private const string Missing = "Not refreshed yet: its webhooks do not exist until RefreshWebhooks has run.";

    private readonly TableEntity? _refresh = rows.GetValueOrDefault("refresh");
    private readonly TableEntity? _poll = rows.GetValueOrDefault("poll");
    private readonly TableEntity? _clock = rows.GetValueOrDefault(SiteStatusTable.ClockRow);

    /// <summary>When its last delivery was accepted.</summary>
    public DateTimeOffset? LastDelivery => rows.GetValueOrDefault("delivery")?.GetDateTimeOffset("LastDelivery");

    /// <summary>When a refresh last kept every subscription alive.</summary>
    public DateTimeOffset? LastRefresh => _refresh?.GetDateTimeOffset("OkAt");

    /// <summary>From when on the site has been without a good refresh: its last one or, where it never had one, since it is known.</summary>
    public DateTimeOffset? RefreshedUntil => LastRefresh ?? KnownSince;

    /// <summary>The soonest expiry among its webhooks, as a refresh last saw it.</summary>
    public DateTimeOffset? SoonestExpiry => _refresh?.GetDateTimeOffset("SoonestExpiry");

    /// <summary>How far its failed list was read.</summary>
    public DateTimeOffset? Cursor => _poll?.GetDateTimeOffset("Cursor");

    /// <summary>Up to when nothing of its failed list can be lost. A Connect site whose polls have all failed counts since the first of them;
    /// a site whose list is closed has none.</summary>
    public DateTimeOffset? ReadUntil => Cursor ?? (site.Scheme is SiteScheme.Connect && _poll?.GetDateTimeOffset("OkAt") is null ? _poll?.GetDateTimeOffset("FirstAt") : null);

    /// <summary>Since when its settings have been wrong, as far as a refresh has seen it.</summary>
    public DateTimeOffset? WrongSince => SiteStatusTable.ProblemSince(_refresh);

    /// <summary>True when its polls have failed for so long that what was missed may wait for help.</summary>
    public bool IsPollFailing(DateTimeOffset now) => now - SiteStatusTable.ProblemSince(_poll) >= LongestFailingPoll;

    /// <summary>What to know of a site that was just added; null where there is nothing.</summary>
    public string? Notice(DateTimeOffset now) => NotRefreshedYet && IsNew(now) ? Missing : null;

    /// <summary>Why and since when none of its deliveries was accepted, where their tokens are right in all but their times: the clock here is
    /// wrong. Null when one was accepted since.</summary>
    public (string Reason, DateTimeOffset? Since)? WrongClock =>
        SiteStatusTable.ProblemSince(_clock) is { } since && !(LastDelivery >= LateAt) ? (_clock!.GetString("Problem"), since) : null;

    /// <summary>That a delivery was late while others were accepted: a retry with its first token, most likely. For a day.</summary>
    public string? LateDelivery(DateTimeOffset now) => LateAt is { } at && WrongClock is null && now - at < LateNotice
        ? string.Create(CultureInfo.InvariantCulture, $"Late delivery: at {at:u} one was answered 503, as its token was valid in all but its times; later ones were accepted.")
        : null;

    /// <summary>Why and since when the site needs somebody, as far as the timers tell; null when it does not. A site added at run time may
    /// wait a day for its first refresh. Of one in the settings nobody knows how long it has been waiting, so that it must be refreshed first.</summary>
    public (string Reason, DateTimeOffset? Since)? Trouble(DateTimeOffset now)
    {
        if (WrongClock is { } clock) return clock;
        if (_refresh?.GetString("Problem") is { Length: > 0 } failed) return (failed, SiteStatusTable.ProblemSince(_refresh));
        if (NotRefreshedYet && !IsNew(now)) return (Missing, KnownSince);
        if (now - LastRefresh > LongestWithoutRefresh) return ("No refresh has succeeded for 26 hours.", LastRefresh + LongestWithoutRefresh);
        if (SoonestExpiry - now < SiteRefresher.Critical) return ("A webhook expires within 7 days.", SoonestExpiry - SiteRefresher.Critical);
        if (_poll?.GetString("Problem") is { Length: > 0 } unread) return (unread, SiteStatusTable.ProblemSince(_poll));
        if (now - PolledAt > LongestWithoutPoll) return ("No poll has run for 2 hours.", PolledAt + LongestWithoutPoll);
        if (now - ReadUntil > OldestCursor) return ("Its failed deliveries were read more than 60 hours ago, and Jira forgets them after 72.", ReadUntil + OldestCursor);
        return null;
    }

    private DateTimeOffset? LateAt => _clock?.GetDateTimeOffset(SiteStatusTable.LateAt);

    private bool NotRefreshedYet => LastRefresh is null && site.Subscriptions.Count > 0;

    private DateTimeOffset? PolledAt => _poll?.GetDateTimeOffset("At") ?? KnownSince;

    private DateTimeOffset? KnownSince => site.ActiveSince ?? new[] { _refresh, _poll }.Min(row => row?.GetDateTimeOffset("FirstAt"));

    private bool IsNew(DateTimeOffset now) => now - site.ActiveSince < LongestWithoutRefresh;
}
