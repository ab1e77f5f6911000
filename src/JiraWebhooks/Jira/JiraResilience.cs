using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace JiraWebhooks.Jira;

/// <summary>Retries of calls to Jira, tuned per verb (docs/architecture.md#one-http-client, docs/jira-behaviour.md#rate-limits). No circuit breaker:
/// one client serves all sites, and one unavailable site must not stop the others.</summary>
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
        // If the answer of a registration is lost, it may have happened, so it is not retried; the next run lists first. After 429 it has not happened.
        var request = outcome.Result?.RequestMessage ?? context.GetRequestMessage();
        if (request?.Method == HttpMethod.Post && request.RequestUri?.AbsolutePath.EndsWith(IJiraWebhookApi.SearchPath, StringComparison.Ordinal) is not true)
        {
            return outcome.Result is { StatusCode: HttpStatusCode.TooManyRequests } refused && IsShort(Wait(outcome, clock), refused);
        }

        return outcome switch
        {
            // A connect timeout appears as a cancellation that no caller requested. The token endpoint that does not answer is a TimeoutException: it
            // may have replaced the refresh token, and the old one works for some minutes only.
            { Exception: HttpRequestException or TimeoutRejectedException or TimeoutException or OperationCanceledException { InnerException: TimeoutException } } => true,
            { Result: { } response } => IsTransient(response.StatusCode) && IsShort(Wait(outcome, clock), response),
            _ => false,
        };
    }

    // A wait that is zero or nearly over must not use up all retries at once. Without a wait, Polly's own back-off applies.
    private static TimeSpan? Delay(TimeSpan? wait, int attempt)
    {
        var usual = BackOff * Math.Pow(2, attempt);
        return wait < usual ? usual : wait;
    }

    // A quota is renewed every hour. If Jira does not say how soon that is, a retry only costs the other sites.
    private static bool IsShort(TimeSpan? wait, HttpResponseMessage response) =>
        wait is { } known ? known <= RetryAfter.Longest : !RetryAfter.IsQuota(response.Headers);

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private static TimeSpan? Wait(Outcome<HttpResponseMessage> outcome, TimeProvider clock) =>
        outcome.Result is { } response ? RetryAfter.Of(response.Headers, clock.GetUtcNow()) : null;
}
