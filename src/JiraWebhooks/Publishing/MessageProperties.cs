using System.Globalization;

namespace JiraWebhooks.Publishing;

/// <summary>Names of the application properties. Only this class writes them.</summary>
public static class MessageProperties
{
    /// <summary>Values from headers or the body are cut to this many characters, so that a caller cannot fill the header of a message.</summary>
    public const int MaxLength = 1024;

    /// <summary>Always <c>1.0</c>.</summary>
    public const string SpecVersion = "cloudEvents_specversion";

    /// <summary>The delivery's identifier.</summary>
    public const string Id = "cloudEvents_id";

    /// <summary><c>https://{site host}</c>.</summary>
    public const string Source = "cloudEvents_source";

    /// <summary>webhookEvent verbatim.</summary>
    public const string Type = "cloudEvents_type";

    /// <summary>Id of the issue as text; absent when the event is about none, or about two (issue links).</summary>
    public const string IssueId = "jira_issue_id";

    /// <summary>Issue key; absent when there is none.</summary>
    public const string Subject = "cloudEvents_subject";

    /// <summary>Jira's timestamp as RFC 3339; absent when there is none.</summary>
    public const string Time = "cloudEvents_time";

    /// <summary>Address of the body in Blob Storage; present only on a claim check.</summary>
    public const string DataRef = "cloudEvents_dataref";

    /// <summary>The site's slug.</summary>
    public const string Site = "site";

    /// <summary>Primary or Secondary.</summary>
    public const string Flow = "jira_flow";

    /// <summary>Jira's retry count.</summary>
    public const string Retry = "jira_retry";

    /// <summary>Matched webhook ids as <c>,10,11,</c>.</summary>
    public const string WebhookIds = "jira_webhook_ids";

    /// <summary>True when the body is not a JSON object.</summary>
    public const string Unparsed = "jira_unparsed";

    /// <summary>True when the body is a JSON object that does not name its event.</summary>
    public const string EventMissing = "jira_event_missing";

    /// <summary>True when the body names another site.</summary>
    public const string SiteMismatch = "jira_site_mismatch";

    /// <summary>True when the app has created none of the webhooks that matched, as far as the table shows.</summary>
    public const string UnknownWebhook = "jira_unknown_webhook";

    /// <summary>True when one of the site's own accounts made the change. A subscriber that writes to Jira must skip these, or it reacts to its own
    /// changes forever.</summary>
    public const string OwnChange = "jira_own_change";

    /// <summary><c>missing</c> when Jira's failed record had no body.</summary>
    public const string BodyState = "jira_body";

    /// <summary>True when the delivery came from Jira's failed list.</summary>
    public const string Recovered = "jira_recovered";

    /// <summary>True when the message was built from an issue's current state after an outage.</summary>
    public const string Reconstructed = "jira_reconstructed";

    /// <summary>W3C trace context, in the property that the Azure SDKs read.</summary>
    public const string TraceParent = "Diagnostic-Id";

    internal static IEnumerable<KeyValuePair<string, object>> Of(DeliveryMessage message, Uri? dataRef)
    {
        yield return new(SpecVersion, "1.0");
        yield return new(Id, Cut(message.Identifier));
        yield return new(Source, message.Source);
        yield return new(Type, Cut(message.Type));
        yield return new(Site, message.Site);
        yield return new(Retry, message.Retry);
        if (message.IssueKey is { } key) yield return new(Subject, Cut(key));
        if (message.IssueId is { } issue) yield return new(IssueId, issue);
        if (message.Time is { } time) yield return new(Time, time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (message.Flow is { } flow) yield return new(Flow, Cut(flow));
        if (message.WebhookIds is { } ids) yield return new(WebhookIds, ids);
        if (message.Unparsed) yield return new(Unparsed, true);
        if (message.EventMissing) yield return new(EventMissing, true);
        if (message.SiteMismatch) yield return new(SiteMismatch, true);
        if (message.UnknownWebhook) yield return new(UnknownWebhook, true);
        if (message.OwnChange) yield return new(OwnChange, true);
        if (message.BodyMissing) yield return new(BodyState, "missing");
        if (message.Recovered) yield return new(Recovered, true);
        if (message.Reconstructed) yield return new(Reconstructed, true);
        if (message.TraceParent is { } trace) yield return new(TraceParent, trace);
        if (dataRef is not null) yield return new(DataRef, dataRef.ToString());
    }

    /// <summary><paramref name="value"/>, cut to <see cref="MaxLength"/> characters. It never splits a surrogate pair, because half a pair cannot be
    /// sent.</summary>
    public static string Cut(string value) =>
        value.Length <= MaxLength ? value : value[..(MaxLength - (char.IsHighSurrogate(value[MaxLength - 1]) ? 1 : 0))];
}
