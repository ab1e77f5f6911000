using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Deliveries;

/// <summary>Writes an answer. The text depends only on the status, so all refused callers get the same bytes. Jira retries after 503 and drops the
/// event after 4xx (<see href="https://developer.atlassian.com/cloud/jira/platform/webhooks/"/>).</summary>
internal static class Answer
{
    // Jira ignores this and retries after 5 to 15 minutes. Proxies and other senders may use it.
    private const string RetryAfterSeconds = "60";

    private static readonly byte[] Unauthorized = "The signature of this delivery was not accepted.\n"u8.ToArray();
    private static readonly byte[] TooLarge = "The body of this delivery is too large.\n"u8.ToArray();
    private static readonly byte[] Encoded = "Send the body without a Content-Encoding.\n"u8.ToArray();
    private static readonly byte[] Unavailable = "This delivery could not be taken now. Send it again later.\n"u8.ToArray();

    public static async Task WriteAsync(HttpResponse response, int status)
    {
        response.StatusCode = status;
        if (status is StatusCodes.Status200OK)
        {
            response.ContentLength = 0;
            return;
        }

        if (status is StatusCodes.Status503ServiceUnavailable) response.Headers.RetryAfter = RetryAfterSeconds;

        var text = status switch
        {
            StatusCodes.Status401Unauthorized => Unauthorized,
            StatusCodes.Status413PayloadTooLarge => TooLarge,
            StatusCodes.Status415UnsupportedMediaType => Encoded,
            _ => Unavailable,
        };
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = text.Length;
        await response.Body.WriteAsync(text);
    }
}
