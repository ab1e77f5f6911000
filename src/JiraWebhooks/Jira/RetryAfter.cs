using System.Globalization;
using System.Net.Http.Headers;

namespace JiraWebhooks.Jira;

/// <summary>How long Jira asks to wait (<see href="https://developer.atlassian.com/cloud/jira/platform/rate-limiting/"/>).</summary>
internal static class RetryAfter
{
    /// <summary>A run waits up to this long. A longer wait ends the site's run, and the next tick continues (docs/jira-behaviour.md#rate-limits).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>From <c>Retry-After</c> in seconds or as a date, otherwise from <c>X-RateLimit-Reset</c>; null if both are missing.</summary>
    public static TimeSpan? Of(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ => Reset(headers) - now,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>True when an hourly quota of the app or the tenant is used up.</summary>
    public static bool IsQuota(HttpResponseHeaders headers) =>
        headers.TryGetValues("RateLimit-Reason", out var reasons) && reasons.Any(reason => reason.StartsWith("jira-quota-", StringComparison.OrdinalIgnoreCase));

    private static DateTimeOffset? Reset(HttpResponseHeaders headers) =>
        headers.TryGetValues("X-RateLimit-Reset", out var values)
        && DateTimeOffset.TryParse(values.First(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var reset)
            ? reset
            : null;
}
