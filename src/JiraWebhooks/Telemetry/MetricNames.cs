namespace JiraWebhooks.Telemetry;

/// <summary>Metrics of the timers that the alert rules in <c>infra/queries</c> ask for by name. A test there fails when one is renamed
/// here alone; the names of the receive path are in <see cref="Deliveries.DeliveryMetrics"/>.</summary>
public static class MetricNames
{
    /// <summary>Counter of timer runs that measured every site; tag <see cref="TimerTag"/>. The alerts take the values of the newest run, and
    /// no run at all for an alert of its own.</summary>
    public const string TimerRuns = "jira.timer.runs";

    /// <summary>Gauge, days until the soonest expiry among a site's webhooks as it is saved, once per run of either timer; tag <see cref="SiteTag"/>.</summary>
    public const string WebhookExpiry = "jira.webhooks.expiry";

    /// <summary>Counter of refreshes of one site; tags <see cref="SiteTag"/> and <see cref="OutcomeTag"/>.</summary>
    public const string RefreshCompleted = "jira.refresh.completed";

    /// <summary>Gauge, hours since a site's last good refresh or, before the first, since it is known, once per run of either timer;
    /// tag <see cref="SiteTag"/>.</summary>
    public const string RefreshAge = "jira.refresh.age";

    /// <summary>Gauge, hours since the saved cursor's time, once per run of either timer, also after a poll that failed; tag
    /// <see cref="SiteTag"/>. Sites without a failed list have none.</summary>
    public const string CursorAge = "jira.failed.cursor_age";

    /// <summary>Counter of what may be lost for good; tags <see cref="SiteTag"/> and <see cref="LossReasonTag"/>.</summary>
    public const string PossibleLoss = "jira.failed.possible_loss";

    /// <summary>Counter of deliveries fetched from the failed list, and of issues that a search found, its repeats not counted; tag <see cref="SiteTag"/>.</summary>
    public const string Recovered = "jira.failed.recovered";

    /// <summary>Gauge, number of sites whose settings are wrong, whose row was lost, none of whose deliveries is accepted as the clock here is wrong,
    /// or whose polls have failed for a day.</summary>
    public const string SitesUnhealthy = "jira.sites.unhealthy";

    /// <summary>Gauge, number of sites whose OAuth grant has to be given anew.</summary>
    public const string SitesReconnectRequired = "jira.sites.reconnect_required";

    /// <summary>Which timer: <see cref="RefreshTimer"/> or <see cref="PollTimer"/>.</summary>
    public const string TimerTag = "timer";

    /// <summary>Value of <see cref="TimerTag"/> for RefreshWebhooks.</summary>
    public const string RefreshTimer = "refresh";

    /// <summary>Value of <see cref="TimerTag"/> for PollFailedWebhooks.</summary>
    public const string PollTimer = "poll";

    /// <summary>The site's slug.</summary>
    public const string SiteTag = "site";

    /// <summary>Why something may be lost: <c>old_cursor</c> or <c>refused_filter</c>.</summary>
    public const string LossReasonTag = "reason";

    /// <summary>How it ended: <see cref="OutcomeOk"/>, or anything else for a failure.</summary>
    public const string OutcomeTag = "outcome";

    /// <summary>Value of <see cref="OutcomeTag"/> when every subscription of the site has a live webhook.</summary>
    public const string OutcomeOk = "ok";
}
