using System.Diagnostics.Metrics;
using JiraWebhooks.Telemetry;

namespace JiraWebhooks.Deliveries;

/// <summary>Metrics of the receive path. Only an existing site becomes a tag: a caller must not be able to create time series.</summary>
public static class DeliveryMetrics
{
    /// <summary>Deliveries answered 200; tag <c>site</c>.</summary>
    public const string Accepted = "jira.deliveries.accepted";

    /// <summary>Deliveries answered 401, 413 or 415; tags <c>reason</c> and, if the site is known, <c>site</c>.</summary>
    public const string Refused = "jira.deliveries.refused";

    /// <summary>Requests answered 503, after which Jira retries; tags <c>reason</c> and, if the site is known, <c>site</c>.</summary>
    public const string Unavailable = "jira.deliveries.unavailable";

    /// <summary>Deliveries whose links name another site; tag <c>site</c>.</summary>
    public const string SiteMismatch = "jira.deliveries.site_mismatch";

    /// <summary>Deliveries published although their body is not a JSON object; tag <c>site</c>.</summary>
    public const string Unparsed = "jira.deliveries.unparsed";

    /// <summary>Deliveries published although their body does not name its event; tag <c>site</c>.</summary>
    public const string EventMissing = "jira.deliveries.event_missing";

    /// <summary>Deliveries for webhooks that are not in the table: the registration is not saved yet, or the webhook is not ours
    /// (docs/jira-behaviour.md#unknown-webhooks); tag <c>site</c>.</summary>
    public const string UnknownWebhook = "jira.deliveries.unknown_webhook";

    /// <summary>Seconds from first byte to answer; tag <c>status</c>.</summary>
    public const string Duration = "jira.delivery.duration";

    private static readonly Counter<long> AcceptedCounter = Counter(Accepted, "Deliveries on the bus and acknowledged.");
    private static readonly Counter<long> RefusedCounter = Counter(Refused, "Deliveries refused for good.");
    private static readonly Counter<long> UnavailableCounter = Counter(Unavailable, "Deliveries Jira was asked to send again.");
    private static readonly Counter<long> SiteMismatchCounter = Counter(SiteMismatch, "Deliveries whose links name another site.");
    private static readonly Counter<long> UnparsedCounter = Counter(Unparsed, "Deliveries whose body is not a JSON object.");
    private static readonly Counter<long> EventMissingCounter = Counter(EventMissing, "Deliveries whose body does not name its event.");
    private static readonly Counter<long> UnknownWebhookCounter = Counter(UnknownWebhook, "Deliveries for webhooks this app does not know.");
    private static readonly Histogram<double> DurationHistogram =
        Instrumentation.Meter.CreateHistogram<double>(Duration, "s", "From a delivery's first byte to its answer.");

    internal static void Count(in Outcome outcome, TimeSpan duration)
    {
        switch (outcome.Status)
        {
            case 200:
                AcceptedCounter.Add(1, Site(outcome.Site));
                break;
            case 503:
                Add(UnavailableCounter, outcome);
                break;
            default:
                Add(RefusedCounter, outcome);
                break;
        }

        if (outcome.SiteMismatch) SiteMismatchCounter.Add(1, Site(outcome.Site));
        if (outcome.Unparsed) UnparsedCounter.Add(1, Site(outcome.Site));
        if (outcome.EventMissing) EventMissingCounter.Add(1, Site(outcome.Site));
        if (outcome.UnknownWebhook) UnknownWebhookCounter.Add(1, Site(outcome.Site));
        if (DurationHistogram.Enabled) DurationHistogram.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("status", outcome.Status));
    }

    private static void Add(Counter<long> counter, in Outcome outcome)
    {
        var reason = new KeyValuePair<string, object?>("reason", outcome.Reason.Tag());
        if (outcome.Site is null) counter.Add(1, reason);
        else counter.Add(1, reason, Site(outcome.Site));
    }

    private static KeyValuePair<string, object?> Site(string? site) => new("site", site);

    private static Counter<long> Counter(string name, string description) =>
        Instrumentation.Meter.CreateCounter<long>(name, "{delivery}", description);
}
