using System.Net;
using JiraWebhooks.Telemetry;

namespace JiraWebhooks.Jira;

/// <summary>What became of a call, as far as the caller must know to act.</summary>
public enum JiraFailure
{
    /// <summary>400: Jira finds the request wrong.</summary>
    Refused,

    /// <summary>403: the caller isn't an app, lacks the scope, or (failed list) isn't a Connect app.</summary>
    NotAuthorised,

    /// <summary>401 after a renewed token, or a dead OAuth grant: somebody must connect the site again.</summary>
    ReconnectRequired,

    /// <summary>429 or 503 with a wait longer than a run should sit out: go on at the next tick.</summary>
    RateLimited,

    /// <summary>Any other status, time-out, broken connection or an answer that cannot be read: may be over at the next run. Also 404, 301 and the
    /// like: Jira gives them for a site that is unavailable for a while.</summary>
    Unavailable,
}

/// <summary>A call to Jira failed. The message carries operation, site, status and Jira's own messages; never a header, token or body. What Jira
/// says is redacted here, where all of it comes through.</summary>
public sealed class JiraApiException(JiraFailure failure, string message, Exception? innerException = null)
    : Exception(Redaction.Of(message), innerException)
{
    /// <summary>What to do about it.</summary>
    public JiraFailure Failure => failure;

    /// <summary>HTTP status, or null when there was no answer.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Jira's messages (ErrorCollection), redacted.</summary>
    public IReadOnlyList<string> Messages { get; init => field = Redaction.Of(value); } = [];

    /// <summary>How long Jira asks to wait (Retry-After), or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True if a run should leave the site to the next one: a long wait, or a grant that must be renewed
    /// (docs/jira-behaviour.md#rate-limits).</summary>
    internal bool EndsRun => Failure is JiraFailure.RateLimited or JiraFailure.ReconnectRequired;
}
