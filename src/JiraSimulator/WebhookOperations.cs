using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace JiraSimulator;

/// <summary>The five operations (docs/jira-behaviour.md#the-operations), on one site whose app is authenticated.</summary>
internal static class WebhookOperations
{
    private static readonly HashSet<string> Events =
    [
        "jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created", "comment_updated", "comment_deleted",
        "issue_property_set", "issue_property_deleted", "sprint_created", "sprint_updated", "sprint_closed", "sprint_deleted", "sprint_started",
        "jira:version_released", "jira:version_unreleased", "jira:version_created", "jira:version_moved", "jira:version_updated", "jira:version_merged", "jira:version_deleted",
    ];

    private static readonly HashSet<int> Ports = [443, 4044, 6017, 7990, 8060, 8080, 8085, 8089, 8090, 8443, 8444, 8900, 9420, 9520, 9900, .. Enumerable.Range(1880, 11)];

    public static IResult List(HttpRequest request, SimulatedSite site)
    {
        var startAt = Number(request, "startAt") ?? 0;
        var maxResults = (int)Math.Clamp(Number(request, "maxResults") ?? 100, 1, 100);
        var all = site.Webhooks;
        var page = all.Skip((int)startAt).Take(maxResults).ToList();
        var isLast = startAt + page.Count >= all.Count;
        var self = $"{request.Scheme}://{request.Host}{request.Path}";
        return Results.Json(new
        {
            self = $"{self}?startAt={startAt}&maxResults={maxResults}",
            nextPage = isLast ? null : $"{self}?startAt={startAt + page.Count}&maxResults={maxResults}",
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
                expirationDate = Date(webhook.Expires),
                fieldIdsFilter = webhook.FieldIdsFilter,
                issuePropertyKeysFilter = webhook.IssuePropertyKeysFilter,
            }),
        });
    }

    public static IResult Register(JsonElement body, SimulatedSite site)
    {
        if (!body.TryGetProperty("url", out var address) || !Uri.TryCreate(address.GetString(), UriKind.Absolute, out var url)
            || !((url.Scheme == Uri.UriSchemeHttps && Ports.Contains(url.Port)) || url.IsLoopback))
        {
            return Errors(400, "The webhook URL must be an absolute https address with one of the supported ports.");
        }

        if (!body.TryGetProperty("webhooks", out var wanted) || wanted.ValueKind is not JsonValueKind.Array || wanted.GetArrayLength() == 0) return Errors(400, "webhooks is missing.");
        if (wanted.EnumerateArray().SelectMany(item => Strings(item, "events") ?? []).FirstOrDefault(name => !Events.Contains(name)) is { } unknown) return Errors(400, $"The event {unknown} is unsupported.");
        if (site.Webhooks.Any(webhook => webhook.Url != url.OriginalString)) return Errors(400, "Only a single URL per app is allowed to be registered via REST API.");

        return Results.Json(new { webhookRegistrationResult = wanted.EnumerateArray().Select(item => RegisterOne(item, url.OriginalString, site)).ToList() });
    }

    public static IResult Delete(JsonElement body, SimulatedSite site)
    {
        if (Ids(body) is not { } ids) return Errors(400, "webhookIds is missing.");

        site.Delete(ids);
        return Results.StatusCode(202);
    }

    public static IResult Refresh(JsonElement body, SimulatedSite site) =>
        Ids(body) is { } ids ? Results.Json(new { expirationDate = Date(site.Refresh(ids)) }) : Errors(400, "webhookIds is missing.");

    public static IResult Failed(HttpRequest request, SimulatedSite site)
    {
        if (site.Options.Auth is not SimulatedAuth.Connect) return Errors(403, "The caller is not a Connect app.");

        var after = (site.After is AfterMeaning.Ignored ? null : Number(request, "after")) ?? Number(request, "failedAfter") ?? long.MinValue;
        var maxResults = (int)Math.Clamp(Number(request, "maxResults") ?? 100, 1, 1000);
        var later = site.Failed.Where(record => record.FailureTime > after || (record.FailureTime == after && site.After is AfterMeaning.Inclusive)).ToList();

        // Records with the same failure time are never split across pages.
        var last = later.Count > maxResults ? later[maxResults - 1].FailureTime : long.MaxValue;
        var values = later.TakeWhile((record, index) => index < maxResults || record.FailureTime == last).ToList();
        return Results.Json(new
        {
            maxResults,
            values = values.Select(record => new { id = record.Id, url = record.Url, failureTime = record.FailureTime, body = record.Body }),
            next = values.Count == 0 ? null : $"{request.Scheme}://{request.Host}{request.Path}?failedAfter={values[^1].FailureTime}&maxResults={maxResults}",
        });
    }

    public static IResult Errors(int status, string message) =>
        Results.Json(new { errorMessages = new[] { message }, errors = new Dictionary<string, string>(), status }, statusCode: status);

    private static object RegisterOne(JsonElement item, string url, SimulatedSite site)
    {
        var limit = site.Options.Auth is SimulatedAuth.Connect ? 100 : 5;
        var jql = item.TryGetProperty("jqlFilter", out var filter) ? filter.GetString() ?? "" : "";
        var events = Strings(item, "events") ?? [];
        var error = events.Count == 0 ? "events is missing."
            : FilterCheck.Error(jql) is { } refused ? refused
            : site.Webhooks.Count >= limit ? $"The maximum number of webhooks, {limit}, is reached."
            : null;

        return error is null
            ? new { createdWebhookId = site.Add(url, events, jql, Strings(item, "fieldIdsFilter"), Strings(item, "issuePropertyKeysFilter")) }
            : new { errors = new[] { error } };
    }

    private static List<string>? Strings(JsonElement item, string name) =>
        item.TryGetProperty(name, out var values) && values.ValueKind is JsonValueKind.Array ? [.. values.EnumerateArray().Select(value => value.GetString() ?? "")] : null;

    private static List<long>? Ids(JsonElement body) =>
        body.TryGetProperty("webhookIds", out var ids) && ids.ValueKind is JsonValueKind.Array ? [.. ids.EnumerateArray().Select(id => id.GetInt64())] : null;

    private static long? Number(HttpRequest request, string name) =>
        long.TryParse(request.Query[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    // With the offset in Jira's format, which no built-in converter of .NET reads.
    private static string Date(DateTimeOffset date) => date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);
}
