namespace JiraWebhooks.Telemetry;

/// <summary>Names of metrics and tags of the timers; the alert rules in <c>infra/queries</c> use most of them. A test there fails if a used
/// name is changed only here. The names of the receive path are in <see cref="Deliveries.DeliveryMetrics"/>.</summary>
public static class MetricNames
{
    /// <summary>Counter of timer runs that measured every site; tag <see cref="TimerTag"/>. The alerts read the values of the newest run; a missing
    /// run has its own alert.</summary>
    public const string TimerRuns = "jira.timer.runs";

    /// <summary>Gauge, number of sites whose webhooks and cursors are measured, once per run of either timer.</summary>
    public const string SitesMeasured = "jira.sites.measured";

    /// <summary>Gauge, days until the soonest saved expiry of a site's webhooks, once per run of either timer, of the 20 sites with the soonest; tag
    /// <see cref="SiteTag"/>.</summary>
    public const string WebhookExpiry = "jira.webhooks.expiry";

    /// <summary>Counter of refreshes of one site; tag <see cref="OutcomeTag"/>.</summary>
    public const string RefreshCompleted = "jira.refresh.completed";

    /// <summary>Gauge, hours since a site's last good refresh or, before the first, since the site is known, once per run of either timer, of the 20
    /// sites with the most; tag <see cref="SiteTag"/>.</summary>
    public const string RefreshAge = "jira.refresh.age";

    /// <summary>Gauge, hours since the time of the saved cursor, once per run of either timer, also after a failed poll, of the 20 sites with the most;
    /// tag <see cref="SiteTag"/>. Sites without a failed list have none.</summary>
    public const string CursorAge = "jira.failed.cursor_age";

    /// <summary>Counter of events that may be lost for good; tags <see cref="SiteTag"/> and <see cref="LossReasonTag"/>.</summary>
    public const string PossibleLoss = "jira.failed.possible_loss";

    /// <summary>Counter of deliveries fetched from the failed list and of issues found by a search, each once; tag <see cref="SiteTag"/>.</summary>
    public const string Recovered = "jira.failed.recovered";

    /// <summary>Gauge, number of sites whose settings are invalid, whose row was lost, whose deliveries are all rejected because the clock of this
    /// app is wrong, or whose polls have failed for a day.</summary>
    public const string SitesUnhealthy = "jira.sites.unhealthy";

    /// <summary>Gauge, number of sites that must be connected again because their OAuth grant is dead or missing.</summary>
    public const string SitesReconnectRequired = "jira.sites.reconnect_required";

    /// <summary>The timer: a <see cref="Runs.RunKind"/>.</summary>
    public const string TimerTag = "timer";

    /// <summary>The site's slug.</summary>
    public const string SiteTag = "site";

    /// <summary>Why events may be lost: <c>old_cursor</c> or <c>refused_filter</c>.</summary>
    public const string LossReasonTag = "reason";

    /// <summary>The result: <see cref="OutcomeOk"/>, or any other value for a failure.</summary>
    public const string OutcomeTag = "outcome";

    /// <summary>Value of <see cref="OutcomeTag"/> if every declared webhook of the site is alive.</summary>
    public const string OutcomeOk = "ok";

    /// <summary>Gauge, hours since the oldest message of a subscription was published, once per poll; tag <see cref="SubscriptionTag"/>.</summary>
    public const string SubscriptionAge = "jira.bus.oldest_age";

    /// <summary>Gauge, dead letters of a subscription, at most 250, once per poll; tag <see cref="SubscriptionTag"/>.</summary>
    public const string SubscriptionDead = "jira.bus.dead";

    /// <summary>Counter of dead letters of a subscription that the poll before did not see; tag <see cref="SubscriptionTag"/>.</summary>
    public const string SubscriptionNewDead = "jira.bus.dead_new";

    /// <summary>The subscription's name.</summary>
    public const string SubscriptionTag = "subscription";
}
