using System.Diagnostics.Metrics;
using JiraWebhooks.Recovery;
using JiraWebhooks.Telemetry;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Health;

/// <summary>Measurements of the timers. Names and tags are in <see cref="MetricNames"/>; the alert rules use them.</summary>
internal static class TimerMetrics
{
    private static readonly Counter<long> Runs = Instrumentation.Meter.CreateCounter<long>(MetricNames.TimerRuns, "{run}", "Timer runs that measured every site.");
    private static readonly Gauge<double> RefreshAge = Instrumentation.Meter.CreateGauge<double>(MetricNames.RefreshAge, "h", "Hours since a site's last good refresh.");
    private static readonly Gauge<double> Expiry = Instrumentation.Meter.CreateGauge<double>(MetricNames.WebhookExpiry, "d", "Days until the soonest expiry of a site's webhooks.");
    private static readonly Counter<long> Refreshes = Instrumentation.Meter.CreateCounter<long>(MetricNames.RefreshCompleted, "{refresh}", "Refreshes of one site.");
    private static readonly Gauge<double> CursorAge = Instrumentation.Meter.CreateGauge<double>(MetricNames.CursorAge, "h", "Hours since the time up to which the failed list was read.");
    private static readonly Counter<long> Losses = Instrumentation.Meter.CreateCounter<long>(MetricNames.PossibleLoss, "{loss}", "What may be lost for good: the cursor was older than Jira keeps failed deliveries, or Jira has refused to search by a filter.");
    private static readonly Counter<long> Recoveries = Instrumentation.Meter.CreateCounter<long>(MetricNames.Recovered, "{delivery}", "Deliveries fetched from the failed list, and issues that a search found.");
    private static readonly Gauge<int> Measured = Instrumentation.Meter.CreateGauge<int>(MetricNames.SitesMeasured, "{site}", "Sites whose webhooks and cursors are measured.");
    private static readonly Gauge<int> Unhealthy = Instrumentation.Meter.CreateGauge<int>(MetricNames.SitesUnhealthy, "{site}", "Sites whose settings are wrong, whose row was lost, that accept no delivery for the clock here, or whose polls have failed for a day.");
    private static readonly Gauge<int> Reconnect = Instrumentation.Meter.CreateGauge<int>(MetricNames.SitesReconnectRequired, "{site}", "Sites whose OAuth grant must be renewed by a person.");

    /// <summary>A gauge has values only of the sites that are worst. OpenTelemetry keeps at most 2,000 series of a metric, and what is beyond them has no
    /// name (<see href="https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits"/>).</summary>
    public const int Worst = 20;

    public static void Count(SiteRefresh result)
    {
        Refreshes.Add(1, new KeyValuePair<string, object?>(MetricNames.OutcomeTag, result.IsOk ? MetricNames.OutcomeOk : "failed"));
    }

    public static void Count(SitePoll result)
    {
        foreach (var loss in result.Losses) Losses.Add(1, Site(result.Site), new KeyValuePair<string, object?>(MetricNames.LossReasonTag, loss.Reason));
        if (result.Recovered > 0) Recoveries.Add(result.Recovered, Site(result.Site));
    }

    /// <summary>Records how many sites there are, and of each gauge the worst sites.</summary>
    public static void Record(IReadOnlyList<(string Site, SiteState State)> all, DateTimeOffset now)
    {
        Measured.Record(all.Count);
        Record(RefreshAge, all, state => (now - state.RefreshedUntil)?.TotalHours, oldestFirst: true);
        Record(Expiry, all, state => (state.SoonestExpiry - now)?.TotalDays, oldestFirst: false);
        Record(CursorAge, all, state => (now - state.ReadUntil)?.TotalHours, oldestFirst: true);
    }

    private static void Record(Gauge<double> gauge, IReadOnlyList<(string Site, SiteState State)> all, Func<SiteState, double?> value, bool oldestFirst)
    {
        var known = all.Select(one => (one.Site, Value: value(one.State))).Where(one => one.Value is not null);
        foreach (var (site, worst) in known.OrderBy(one => oldestFirst ? -one.Value : one.Value).Take(Worst)) gauge.Record(worst!.Value, Site(site));
    }

    public static void CountRun(string timer) => Runs.Add(1, new KeyValuePair<string, object?>(MetricNames.TimerTag, timer));

    /// <summary>Records how many sites need attention; null if that is unknown.</summary>
    public static void Count(int? unhealthy, int? reconnectRequired)
    {
        if (unhealthy is { } sites) Unhealthy.Record(sites);
        if (reconnectRequired is { } grants) Reconnect.Record(grants);
    }

    private static KeyValuePair<string, object?> Site(string site) => new(MetricNames.SiteTag, site);
}
