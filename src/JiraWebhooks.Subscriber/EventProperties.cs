namespace JiraWebhooks.Subscriber;

/// <summary>Names of the application properties of a message. Filters of subscriptions use them.</summary>
public static class EventProperties
{
    /// <summary>Always <c>1.0</c>.</summary>
    public const string SpecVersion = "cloudEvents_specversion";

    /// <summary>The identifier of the event, unique within the site.</summary>
    public const string Id = "cloudEvents_id";

    /// <summary><c>https://{site host}</c>.</summary>
    public const string Source = "cloudEvents_source";

    /// <summary>webhookEvent verbatim, for example <c>jira:issue_updated</c>.</summary>
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

    /// <summary>Jira's retry count, a number.</summary>
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

    /// <summary>True when the event came from Jira's failed list or from a search after an outage.</summary>
    public const string Recovered = "jira_recovered";

    /// <summary>True when the message was built from an issue's current state after an outage.</summary>
    public const string Reconstructed = "jira_reconstructed";

    /// <summary>True when an operator has taken the message from the dead letters and sent it again.</summary>
    public const string Redriven = "jira_redriven";

    /// <summary>The one subscription that the message is for; absent when it is for all. The filters of the deployment consider it.</summary>
    public const string To = "jira_to";

    /// <summary>W3C trace context, in the property that the Azure SDKs read.</summary>
    public const string TraceParent = "Diagnostic-Id";
}
