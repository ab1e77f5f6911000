using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Deliveries;

public sealed partial class DeliveryReceiver
{
    private void Record(in Outcome outcome, HttpContext context, TimeSpan duration)
    {
        // A caller who hangs up is no failure of ours and may do so as often as it likes.
        var left = outcome is { Status: 503, Reason: "body" } && context.RequestAborted.IsCancellationRequested;
        var recorded = left ? outcome with { Reason = "client_left", Cause = null } : outcome;
        DeliveryMetrics.Count(recorded, duration);

        // An outage makes others search Jira for what was missed: a stranger must not be able to cause that. To a site without usable settings
        // nobody can prove anything, and all of its deliveries fail.
        if (!left && recorded is { Status: 503, Site: { } site } && (recorded.Authentic || recorded.Reason is "site_settings")) activity.Failed?.Invoke(site);

        switch (recorded)
        {
            case { Status: 200 }:
                Log.Accepted(logger, recorded.Site);
                break;
            case { Status: 503, Reason: "client_left" }:
                Log.ClientLeft(logger, recorded.Site);
                break;
            case { Status: 503, Reason: "expired_retry" }:
                Log.ExpiredRetry(logger, recorded.Site);
                break;
            case { Status: 503 } when recorded.Reason is "site_settings" || FailureKind.IsPermanent(recorded.Cause):
                Log.UnavailableUntilMended(logger, recorded.Cause, recorded.Site, recorded.Reason);
                break;
            case { Status: 503 }:
                Log.Unavailable(logger, recorded.Cause, recorded.Site, recorded.Reason);
                break;
            case { Site: not null }:
                Log.Refused(logger, recorded.Site, recorded.Status, recorded.Reason);
                break;
            default:
                Log.RefusedStranger(logger, recorded.Status);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Delivery of {Site} is on the bus.")]
        public static partial void Accepted(ILogger logger, string? site);

        [LoggerMessage(2, LogLevel.Warning, "Delivery of {Site} was refused with {Status}: {Reason}. Jira does not send it again.")]
        public static partial void Refused(ILogger logger, string? site, int status, string reason);

        [LoggerMessage(3, LogLevel.Debug, "A delivery for no known site was refused with {Status}.")]
        public static partial void RefusedStranger(ILogger logger, int status);

        [LoggerMessage(4, LogLevel.Warning, "Delivery of {Site} was answered 503 ({Reason}); Jira sends it again.")]
        public static partial void Unavailable(ILogger logger, Exception? cause, string? site, string reason);

        [LoggerMessage(5, LogLevel.Error, "Deliveries of {Site} are answered 503 until somebody mends this ({Reason}); Jira gives up after five retries.")]
        public static partial void UnavailableUntilMended(ILogger logger, Exception? cause, string? site, string reason);

        [LoggerMessage(6, LogLevel.Warning, "A retried delivery of {Site} carries a token that has expired; it was answered 503. If this keeps happening, Jira does not sign retries anew.")]
        public static partial void ExpiredRetry(ILogger logger, string? site);

        [LoggerMessage(7, LogLevel.Debug, "The caller left before the body of a delivery of {Site} was complete.")]
        public static partial void ClientLeft(ILogger logger, string? site);

        [LoggerMessage(8, LogLevel.Debug, "An answer could not be written: {Kind}.")]
        public static partial void AnswerLost(ILogger logger, string kind);
    }
}
