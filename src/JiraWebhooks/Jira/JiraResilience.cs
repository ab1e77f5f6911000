using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace JiraWebhooks.Jira;

/// <summary>Retries of calls to Jira, tuned per verb (docs/architecture.md#one-http-client, docs/jira-behaviour.md#rate-limits). No circuit breaker: one client serves all sites, and one that
/// is down must not stop the others.</summary>
internal static class JiraResilience
{
    public const int MaxRetries = 3;

    private static readonly TimeSpan BackOff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(30);

    public static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, TimeProvider clock)
    {
        pipeline.TimeProvider = clock;
        pipeline
            .AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = MaxRetries,
                Delay = BackOff,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldRetryAfterHeader = false,
                ShouldHandle = attempt => ValueTask.FromResult(IsWorthIt(attempt.Outcome, attempt.Context, clock)),
                DelayGenerator = attempt => ValueTask.FromResult(Delay(Wait(attempt.Outcome, clock), attempt.AttemptNumber)),
            })
            .AddTimeout(new HttpTimeoutStrategyOptions { Timeout = AttemptTimeout });
    }

    private static bool IsWorthIt(Outcome<HttpResponseMessage> outcome, ResilienceContext context, TimeProvider clock)
    {
        // A registration whose answer got lost may have happened; the next run lists first. One answered 429 has not.
        var request = outcome.Result?.RequestMessage ?? context.GetRequestMessage();
        if (request?.Method == HttpMethod.Post && request.RequestUri?.AbsolutePath.EndsWith(IJiraWebhookApi.SearchPath, StringComparison.Ordinal) is not true)
        {
            return outcome.Result is { StatusCode: HttpStatusCode.TooManyRequests } refused && IsShort(Wait(outcome, clock), refused);
        }

        return outcome switch
        {
            // A connection that is not made in time is told by a cancellation that nobody asked for.
            { Exception: HttpRequestException or TimeoutRejectedException or OperationCanceledException { InnerException: TimeoutException } } => true,
            { Result: { } response } => IsTransient(response.StatusCode) && IsShort(Wait(outcome, clock), response),
            _ => false,
        };
    }

    // A wait that is over, or nearly so, must not use up all retries at once. Without one Polly's own back-off applies.
    private static TimeSpan? Delay(TimeSpan? wait, int attempt)
    {
        var usual = BackOff * Math.Pow(2, attempt);
        return wait < usual ? usual : wait;
    }

    // A quota comes back with the hour: where nobody says how soon that is, asking again only costs the other sites.
    private static bool IsShort(TimeSpan? wait, HttpResponseMessage response) =>
        wait is { } known ? known <= RetryAfter.Longest : !RetryAfter.IsQuota(response.Headers);

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private static TimeSpan? Wait(Outcome<HttpResponseMessage> outcome, TimeProvider clock) =>
        outcome.Result is { } response ? RetryAfter.Of(response.Headers, clock.GetUtcNow()) : null;
}
