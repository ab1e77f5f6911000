using System.Globalization;

namespace JiraSimulator;

/// <summary>The five operations (docs/jira-behaviour.md#the-operations), on one site whose app is authenticated.</summary>
internal static class WebhookOperations
{
    private const int MostPerPage = 100;
    private const int MostFailedPerPage = 1000;

    private static readonly HashSet<string> Events =
    [
        "jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created", "comment_updated", "comment_deleted",
        "issue_property_set", "issue_property_deleted", "sprint_created", "sprint_updated", "sprint_closed", "sprint_deleted", "sprint_started",
        "jira:version_released", "jira:version_unreleased", "jira:version_created", "jira:version_moved", "jira:version_updated", "jira:version_merged", "jira:version_deleted",
    ];

    private static readonly HashSet<int> Ports = [443, 4044, 6017, 7990, 8060, 8080, 8085, 8089, 8090, 8443, 8444, 8900, 9420, 9520, 9900, .. Enumerable.Range(1880, 11)];

    public static IResult List(HttpRequest request, SimulatedSite site)
    {
        var startAt = Requests.Number(request, "startAt", 0) ?? 0;
        var maxResults = (int)Math.Min(Requests.Number(request, "maxResults", 1) ?? MostPerPage, MostPerPage);
        var all = site.Webhooks;
        var page = all.Skip((int)startAt).Take(maxResults).ToList();
        var isLast = startAt + page.Count >= all.Count;
        return Answers.Json(new
        {
            self = Address(request, $"startAt={startAt}&maxResults={maxResults}"),
            nextPage = isLast ? null : Address(request, $"startAt={startAt + page.Count}&maxResults={maxResults}"),
            maxResults,
            startAt,
            total = all.Count,
            isLast,
            values = page.Select(webhook => new
            {
                id = webhook.Id,
                events = webhook.Events,
                jqlFilter = webhook.Jql,
                url = site.ListsUrls ? webhook.Url : null,
                expirationDate = Date(webhook.Expires, site),
                fieldIdsFilter = webhook.FieldIdsFilter,
                issuePropertyKeysFilter = webhook.IssuePropertyKeysFilter,
            }),
        });
    }

    public static IResult Register(RegistrationRequest body, SimulatedSite site)
    {
        if (!Uri.TryCreate(body.Url, UriKind.Absolute, out var url) || !((url.Scheme == Uri.UriSchemeHttps && Ports.Contains(url.Port)) || url.IsLoopback))
        {
            return Answers.Errors(400, "The webhook URL must be an absolute https address with one of the supported ports.");
        }

        if (body.Webhooks.Count == 0) return Answers.Errors(400, "webhooks is missing.");
        if (body.Webhooks.Any(HasNull)) return Answers.Errors(400, "A list has an entry that is null.");
        if (body.Webhooks.SelectMany(webhook => webhook.Events).FirstOrDefault(name => !Events.Contains(name)) is { } unknown) return Answers.Errors(400, $"The event {unknown} is unsupported.");

        return Answers.Json(new { webhookRegistrationResult = body.Webhooks.Select(webhook => RegisterOne(webhook, url.OriginalString, site)).ToList() });
    }

    public static IResult Delete(IdsRequest body, SimulatedSite site)
    {
        site.Delete(body.WebhookIds);
        return Results.StatusCode(202);
    }

    public static IResult Refresh(IdsRequest body, SimulatedSite site) => Answers.Json(new { expirationDate = Date(site.Refresh(body.WebhookIds), site) });

    public static IResult Failed(HttpRequest request, SimulatedSite site)
    {
        if (site.Options.Auth is not SimulatedAuth.Connect) return Answers.Errors(403, "The caller is not a Connect app.");

        var declared = Requests.Number(request, "after", 0, long.MaxValue);
        var linked = Requests.Number(request, "failedAfter", 0, long.MaxValue);
        var after = (site.After is AfterMeaning.Ignored ? null : declared) ?? linked ?? long.MinValue;
        var maxResults = (int)Math.Min(Requests.Number(request, "maxResults", 1) ?? MostPerPage, MostFailedPerPage);
        var later = site.Failed.Where(record => record.FailureTime > after || (record.FailureTime == after && site.After is AfterMeaning.Inclusive)).ToList();

        // Records with the same failure time are never split across pages.
        var last = later.Count > maxResults ? later[maxResults - 1].FailureTime : long.MaxValue;
        var values = later.TakeWhile((record, index) => index < maxResults || record.FailureTime == last).ToList();
        return Answers.Json(new
        {
            maxResults,
            values = values.Select(record => new { id = record.Id, url = record.Url, failureTime = record.FailureTime, body = record.Body }),
            next = values.Count == 0 ? null : Address(request, $"failedAfter={values[^1].FailureTime}&maxResults={maxResults}"),
        });
    }

    private static object RegisterOne(WebhookRequest webhook, string url, SimulatedSite site)
    {
        var limit = site.Options.Auth is SimulatedAuth.Connect ? 100 : 5;
        var error = webhook.Events.Count == 0 ? "events is missing."
            : site.Webhooks.FirstOrDefault(other => other.Url != url) is { } other ? $"Only a single URL per user is allowed to be registered via REST API. The currently used URL: {other.Url}"
            : FilterCheck.Error(webhook.JqlFilter) is { } refused ? refused
            : site.Webhooks.Count >= limit ? $"The maximum number of webhooks, {limit}, is reached."
            : null;

        return error is null
            ? new { createdWebhookId = site.Add(url, webhook.Events, webhook.JqlFilter, webhook.FieldIdsFilter, webhook.IssuePropertyKeysFilter) }
            : new { errors = new[] { error } };
    }

    private static bool HasNull(WebhookRequest webhook) =>
        webhook is null || new[] { webhook.Events, webhook.FieldIdsFilter, webhook.IssuePropertyKeysFilter }.Any(list => list?.Any(entry => entry is null) == true);

    private static string Address(HttpRequest request, string query) => $"{request.Scheme}://{request.Host}{request.PathBase}{request.Path}?{query}";

    // A text has the offset in Jira's format, which no built-in converter of .NET reads.
    private static object Date(DateTimeOffset date, SimulatedSite site) => site.Dates is DateForm.Number
        ? date.ToUnixTimeMilliseconds()
        : date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);
}
