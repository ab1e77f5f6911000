using System.Globalization;
using Azure.Data.Tables;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Health;

/// <summary>Computes a site's state from its saved rows and, if this process took one, the time of its last delivery. Health and the gauges, which
/// the alerts use, share these rules.</summary>
internal sealed class SiteState(Site site, IReadOnlyDictionary<string, TableEntity> rows, DateTimeOffset? accepted = null)
{
    /// <summary>A refresh runs daily; <c>infra/queries/refresh-absent.kql</c> has the same number.</summary>
    public static readonly TimeSpan LongestWithoutRefresh = TimeSpan.FromHours(26);

    /// <summary>A poll runs every 15 minutes; <c>infra/queries/cursor-age.kql</c> has the same number.</summary>
    public static readonly TimeSpan LongestWithoutPoll = TimeSpan.FromHours(2);

    /// <summary>Polls that fail for longer count in the alert on unhealthy sites: most errors end before that.</summary>
    public static readonly TimeSpan LongestFailingPoll = TimeSpan.FromHours(24);

    /// <summary>Jira keeps failed deliveries for 72 h; <c>infra/queries/cursor-age.kql</c> has the same number as this limit.</summary>
    public static readonly TimeSpan OldestCursor = TimeSpan.FromHours(60);

    private static readonly TimeSpan LateNotice = TimeSpan.FromDays(1);

    private const string Missing = "Not refreshed yet: its webhooks do not exist until RefreshWebhooks has run.";

    private static DateTimeOffset? Saved(IReadOnlyDictionary<string, TableEntity> rows) =>
        rows.GetValueOrDefault(SiteStatusTable.DeliveryRow)?.PastTime(SiteStatusTable.LastDelivery);

    private readonly TableEntity? _refresh = rows.GetValueOrDefault(RunKind.Refresh);
    private readonly TableEntity? _poll = rows.GetValueOrDefault(RunKind.Poll);
    private readonly TableEntity? _clock = rows.GetValueOrDefault(SiteStatusTable.ClockRow);

    /// <summary>When its last delivery was accepted: by this process, or by another one that has saved it.</summary>
    public DateTimeOffset? LastDelivery => Saved(rows) is { } saved && !(saved < accepted) ? saved : accepted;

    /// <summary>When a refresh last succeeded completely.</summary>
    public DateTimeOffset? LastRefresh => _refresh?.PastTime("OkAt");

    /// <summary>The time of the last good refresh or, if there was none, the time since when the site is known.</summary>
    public DateTimeOffset? RefreshedUntil => LastRefresh ?? KnownSince;

    /// <summary>The soonest expiry of its webhooks, as the last refresh saw it.</summary>
    public DateTimeOffset? SoonestExpiry => _refresh?.Time("SoonestExpiry");

    /// <summary>The time up to which its failed list was read.</summary>
    public DateTimeOffset? Cursor => _poll?.Time("Cursor");

    /// <summary>The time up to which nothing of its failed list can be lost. For a Connect site whose polls have all failed it is the time of the
    /// first poll; a site without access to the list has none.</summary>
    public DateTimeOffset? ReadUntil => Cursor ?? (site.Scheme is SiteScheme.Connect && _poll?.PastTime("OkAt") is null ? _poll?.PastTime("FirstAt") : null);

    /// <summary>Since when its settings are invalid, as far as a refresh has seen it.</summary>
    public DateTimeOffset? WrongSince => SiteStatusTable.ProblemSince(_refresh);

    /// <summary>True if its polls have failed for so long that missed events may need an operator.</summary>
    public bool IsPollFailing(DateTimeOffset now) => now - SiteStatusTable.ProblemSince(_poll) >= LongestFailingPoll;

    /// <summary>The notice for a site that was just added; null if there is none.</summary>
    public string? Notice(DateTimeOffset now) => NotRefreshedYet && IsNew(now) ? Missing : null;

    /// <summary>Why and since when no delivery of the site is accepted, if the tokens are valid except for their times: the clock of this app is
    /// wrong. Null if a delivery was accepted since.</summary>
    public (string Reason, DateTimeOffset? Since)? WrongClock =>
        SiteStatusTable.ProblemSince(_clock) is { } since && !(LastDelivery >= LateAt) ? (_clock!.Text("Problem")!, since) : null;

    /// <summary>The notice, shown for a day, that one delivery was late while others were accepted: most likely a retry with its first token.</summary>
    public string? LateDelivery(DateTimeOffset now) => LateAt is { } at && WrongClock is null && now - at < LateNotice
        ? string.Create(CultureInfo.InvariantCulture, $"Late delivery: at {at:u} one was answered 503, as its token was valid except for its times; later ones were accepted.")
        : null;

    /// <summary>Why and since when the site needs attention, as far as the timers know; null if it does not. A site added at run time may wait a
    /// day for its first refresh. A site in the settings must be refreshed first, because it is unknown how long it has been waiting.</summary>
    public (string Reason, DateTimeOffset? Since)? Trouble(DateTimeOffset now)
    {
        if (WrongClock is { } clock) return clock;
        if (_refresh?.Text("Problem") is { Length: > 0 } failed) return (failed, SiteStatusTable.ProblemSince(_refresh));
        if (NotRefreshedYet && !IsNew(now)) return (Missing, KnownSince);
        if (now - LastRefresh > LongestWithoutRefresh) return ("No refresh has succeeded for 26 hours.", LastRefresh + LongestWithoutRefresh);
        if (SoonestExpiry - now < SiteRefresher.Critical) return ("A webhook expires within 7 days.", SoonestExpiry - SiteRefresher.Critical);
        if (_poll?.Text("Problem") is { Length: > 0 } unread) return (unread, SiteStatusTable.ProblemSince(_poll));
        if (now - PolledAt > LongestWithoutPoll) return ("No poll has run for 2 hours.", PolledAt + LongestWithoutPoll);
        if (now - ReadUntil > OldestCursor) return ("Its failed deliveries were read more than 60 hours ago, and Jira forgets them after 72.", ReadUntil + OldestCursor);
        return null;
    }

    private DateTimeOffset? LateAt => _clock?.PastTime(SiteStatusTable.LateAt);

    private bool NotRefreshedYet => LastRefresh is null && site.Webhooks.Count > 0;

    private DateTimeOffset? PolledAt => _poll?.PastTime("At") ?? KnownSince;

    private DateTimeOffset? KnownSince => site.ActiveSince ?? new[] { _refresh, _poll }.Min(row => row?.PastTime("FirstAt"));

    private bool IsNew(DateTimeOffset now) => now - site.ActiveSince < LongestWithoutRefresh;
}
