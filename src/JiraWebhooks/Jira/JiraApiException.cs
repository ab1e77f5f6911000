using System.Net;
using JiraWebhooks.Telemetry;

namespace JiraWebhooks.Jira;

/// <summary>The kind of a failed call, as far as the caller must react differently.</summary>
public enum JiraFailure
{
    /// <summary>400: the request is invalid for Jira.</summary>
    Refused,

    /// <summary>403: the caller isn't an app, lacks the scope, or (failed list) isn't a Connect app.</summary>
    NotAuthorised,

    /// <summary>401 after a renewed token, or an invalid OAuth grant: the site must be connected again.</summary>
    ReconnectRequired,

    /// <summary>429 or 503 with a wait that is too long for a run: continue at the next tick.</summary>
    RateLimited,

    /// <summary>Any other status, a timeout, a broken connection or an unreadable answer: may be over at the next run. This includes 404, 301 and the
    /// like, because Jira gives them for a site that is temporarily unavailable.</summary>
    Unavailable,
}

/// <summary>A call to Jira failed. The message contains operation, site, status and Jira's own messages; never a header, token or body. What Jira
/// says is redacted here, because all of it passes through here.</summary>
internal sealed class JiraApiException(JiraFailure failure, string message, Exception? innerException = null)
    : Exception(Redaction.Of(message), innerException)
{
    /// <summary>The kind of the failure.</summary>
    public JiraFailure Failure => failure;

    /// <summary>HTTP status, or null if there was no answer.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Jira's messages (ErrorCollection), redacted.</summary>
    public IReadOnlyList<string> Messages { get; init => field = Redaction.Of(value); } = [];

    /// <summary>How long Jira asks to wait (Retry-After), or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True if the run should end and leave the site to the next run: a long wait, or a grant that must be renewed
    /// (docs/jira-behaviour.md#rate-limits).</summary>
    internal bool EndsRun => Failure is JiraFailure.RateLimited or JiraFailure.ReconnectRequired;
}
