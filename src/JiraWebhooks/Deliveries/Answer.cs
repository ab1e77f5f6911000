using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Deliveries;

/// <summary>Writes an answer. It depends on the status alone: all callers who are refused get the same bytes, whatever the reason.
/// Jira retries 503 and gives the event up on 4xx (<see href="https://developer.atlassian.com/cloud/jira/platform/webhooks/"/>).</summary>
internal static class Answer
{
    // Jira retries after 5 to 15 minutes whatever we ask for; this is for proxies and other senders.
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
