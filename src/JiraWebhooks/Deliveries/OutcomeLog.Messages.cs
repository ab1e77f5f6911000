using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Deliveries;

internal sealed partial class OutcomeLog
{
    // Replaces every id that belongs to no site: text from a caller is not logged.
    private const string Unknown = "(unknown)";

    private void Write(in Outcome outcome, int count)
    {
        var (site, reason) = (outcome.Site ?? Unknown, outcome.Reason.Tag());
        switch (outcome)
        {
            case { Reason: OutcomeReason.ClientLeft }:
                Log.ClientLeft(logger, site, count);
                break;
            case { Reason: OutcomeReason.SlowBody or OutcomeReason.BrokenBody }:
                Log.BodyIncomplete(logger, outcome.Authentic ? LogLevel.Warning : LogLevel.Information, outcome.Cause, site, count, reason);
                break;
            case { WrongTimes: { } times }:
                Log.WrongTimes(logger, site, count, TokenTimes.At(times.IssuedAt), TokenTimes.At(times.NotBefore), TokenTimes.At(times.Expires), times.Clock);
                break;
            case { Reason: OutcomeReason.SecretUnresolved }:
                Log.SecretUnresolved(logger, site, count, reason);
                break;
            case { Status: 503 } when outcome.Reason is OutcomeReason.SiteSettings or OutcomeReason.SiteMissing || FailureKind.IsPermanent(outcome.Cause):
                Log.UnavailableUntilFixed(logger, outcome.Cause, site, count, reason);
                break;
            case { Status: 503 }:
                Log.Unavailable(logger, outcome.Cause, site, count, reason);
                break;
            case { Reason: OutcomeReason.SiteErased }:
                Log.Erased(logger, count);
                break;
            case { Authentic: true }:
                Log.Refused(logger, site, count, outcome.Status, reason);
                break;
            default:
                Log.RefusedStranger(logger, outcome.Site is null ? LogLevel.Information : LogLevel.Warning, site, count, outcome.Status, reason);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Site {Site}: a delivery is on the bus.")]
        public static partial void Accepted(ILogger logger, string? site);

        [LoggerMessage(2, LogLevel.Warning, "Site {Site}: refused with {Status} ({Reason}), count {Count}. The secret of the site signed this, and Jira does not send it again.")]
        public static partial void Refused(ILogger logger, string site, int count, int status, string reason);

        [LoggerMessage(EventId = 3, Message = "Site {Site}: refused with {Status} ({Reason}), count {Count}. Nothing shows that Jira sent this.")]
        public static partial void RefusedStranger(ILogger logger, LogLevel level, string site, int count, int status, string reason);

        [LoggerMessage(4, LogLevel.Warning, "Site {Site}: answered 503 ({Reason}), count {Count}. Jira retries after 503.")]
        public static partial void Unavailable(ILogger logger, Exception? cause, string site, int count, string reason);

        [LoggerMessage(5, LogLevel.Error, "Site {Site}: all deliveries get 503 until this is fixed ({Reason}), count {Count}. Jira gives up after five retries.")]
        public static partial void UnavailableUntilFixed(ILogger logger, Exception? cause, string site, int count, string reason);

        [LoggerMessage(11, LogLevel.Error, "Site {Site}: answered 503 ({Reason}), count {Count}. A secret is an unresolved Key Vault reference, and the known ones do not verify this. Jira gives up after five retries.")]
        public static partial void SecretUnresolved(ILogger logger, string site, int count, string reason);

        [LoggerMessage(6, LogLevel.Warning, "Site {Site}: a token is valid in all but its times, answered 503, count {Count}. Issued {IssuedAt:u}, not before {NotBefore:u}, expires {Expires:u}; our clock: {Clock:u}. If no delivery is accepted, our clock is wrong; if only retries are late, Jira does not sign them again.")]
        public static partial void WrongTimes(
            ILogger logger, string site, int count, DateTimeOffset? issuedAt, DateTimeOffset? notBefore, DateTimeOffset? expires, DateTimeOffset clock);

        [LoggerMessage(10, LogLevel.Information, "Deliveries for sites that were erased lately: refused with 401, count {Count}.")]
        public static partial void Erased(ILogger logger, int count);

        [LoggerMessage(7, LogLevel.Debug, "Site {Site}: the caller left before the body was complete, count {Count}.")]
        public static partial void ClientLeft(ILogger logger, string site, int count);

        [LoggerMessage(8, LogLevel.Debug, "An answer could not be written: {Kind}.")]
        public static partial void AnswerLost(ILogger logger, string kind);

        [LoggerMessage(EventId = 9, Message = "Site {Site}: the caller did not send the whole body in time, or not correctly ({Reason}), answered 503, count {Count}.")]
        public static partial void BodyIncomplete(ILogger logger, LogLevel level, Exception? cause, string site, int count, string reason);
    }
}
