using System.Net;
using System.Text.Json;
using JiraWebhooks.Sites;
using Refit;

namespace JiraWebhooks.Jira;

/// <summary>Turns a response, or a missing one, into a value or a <see cref="JiraApiException"/> that says how to react.</summary>
internal sealed class JiraAnswers(TimeProvider clock)
{
    private const int MostMessages = 10;
    private const int LongestLine = 200;

    /// <summary>Returns the content of a successful answer. Anything else throws.</summary>
    public T Content<T>(IApiResponse<T> response, Site site, string operation)
        where T : class
    {
        EnsureSuccess(response, site, operation);
        return response.Content
            ?? throw new JiraApiException(JiraFailure.Unavailable, $"{operation} on {site.Id}: the answer could not be read.") { Status = response.StatusCode };
    }

    /// <summary>Throws unless the status is 2xx. An unreadable body is not an error here.</summary>
    public void EnsureSuccess(IApiResponse response, Site site, string operation)
    {
        if (response.IsReceived && response.IsSuccessStatusCode) return;
        if (!response.IsReceived || response.StatusCode is not { } status) throw Transport(response.Error!, site, operation);

        var wait = response.Headers is { } headers ? RetryAfter.Of(headers, clock.GetUtcNow()) : null;
        var messages = Messages((response.Error as ApiException)?.Content);
        throw new JiraApiException(Failure(status, wait), $"{operation} on {site.Id}: {Reason(status, site)}{Moved(response, site)}{Text(messages)}")
        {
            Status = status,
            Messages = messages,
            RetryAfter = wait,
        };
    }

    /// <summary>Converts an exception on the way to Jira. The transport's own exception is not kept: it holds the request with its token.</summary>
    public static JiraApiException Transport(Exception error, Site site, string operation)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is JiraWebhooks.OAuth.ReconnectRequiredException reconnect)
            {
                return new JiraApiException(JiraFailure.ReconnectRequired, $"{operation} on {site.Id}: {reconnect.Message}");
            }
        }

        var root = error.GetBaseException();
        return new JiraApiException(JiraFailure.Unavailable, $"{operation} on {site.Id}: no answer ({root.GetType().Name}: {root.Message})");
    }

    private static JiraFailure Failure(HttpStatusCode status, TimeSpan? wait) => (int)status switch
    {
        401 => JiraFailure.ReconnectRequired,
        403 => JiraFailure.NotAuthorised,
        429 => JiraFailure.RateLimited,
        503 when wait > RetryAfter.Longest => JiraFailure.RateLimited,
        400 => JiraFailure.Refused,
        _ => JiraFailure.Unavailable,
    };

    private static string Reason(HttpStatusCode status, Site site) => status switch
    {
        HttpStatusCode.Forbidden when site.Scheme is SiteScheme.AdminWebhook =>
            "403, Jira lets only Connect and OAuth 2.0 apps call the webhook operations, not accounts with an API token",
        HttpStatusCode.Forbidden => "403, the app is not authorised for this",
        HttpStatusCode.Unauthorized => "401, the credential was not accepted",
        HttpStatusCode.TooManyRequests => "429, the rate limit is reached",
        _ => $"{(int)status}",
    };

    // Atlassian redirects from the former address of a renamed site. Redirects are never followed, because they could take the credential elsewhere.
    private static string Moved(IApiResponse response, Site site)
    {
        if ((int)response.StatusCode! is < 300 or >= 400 || response.Headers?.Location is not { } location || site.Scheme is not SiteScheme.Connect) return "";

        // A header may hold what is no address together with ours, like //[ or https:.
        if (!Uri.TryCreate(site.ApiUrl, location, out var target)) return "";

        return target.Host == site.ApiUrl.Host ? "" : $", a redirect to {target.GetLeftPart(UriPartial.Authority)}: if the site was renamed, set its Url to this";
    }

    private static IReadOnlyList<string> Messages(string? body)
    {
        if (string.IsNullOrEmpty(body)) return [];
        try
        {
            var errors = JsonSerializer.Deserialize(body, JiraJsonContext.Default.JiraErrors);
            var other = JsonSerializer.Deserialize(body, JiraJsonContext.Default.StandInError);
            string?[] single = [other?.ErrorMessage, other?.Message];
            var several = (errors?.ErrorMessages ?? []).Concat((errors?.Errors ?? new Dictionary<string, string>()).Select(error => $"{error.Key}: {error.Value}"));
            return [.. single.OfType<string>().Concat(several).Take(MostMessages)];
        }
        catch (JsonException)
        {
            // Report a line of text, but not a page.
            var isLine = body.Length <= LongestLine && body.AsSpan().Trim().IndexOfAny("<{[\r\n") < 0;
            return isLine ? [body.Trim()] : [];
        }
    }

    private static string Text(IReadOnlyList<string> messages) => messages.Count == 0 ? "." : $": {string.Join(' ', messages)}";
}
