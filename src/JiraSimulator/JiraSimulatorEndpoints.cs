using System.Globalization;

namespace JiraSimulator;

/// <summary>Maps the simulated Jira into an ASP.NET Core app: its own program, LocalHost or a test.</summary>
public static class JiraSimulatorEndpoints
{
    private const string Operations = "/rest/api/3/webhook";
    private const string Search = "/rest/api/2/search/jql";
    private const string SearchOfVersion3 = "/rest/api/3/search/jql";

    /// <summary>Maps <c>/ex/jira/{cloudId}/rest/api/3/…</c> for OAuth, <c>/sites/{slug}/rest/api/3/…</c> and, for a site's own address with the slug as
    /// the first label of the host, <c>/rest/api/3/…</c>; and the authorization server at the root. The search is there in both versions.</summary>
    public static IEndpointRouteBuilder MapJiraSimulator(this IEndpointRouteBuilder app, SimulatedJira jira)
    {
        foreach (var path in new[] { Operations, Operations + "/refresh", Operations + "/failed", Search, SearchOfVersion3 })
        {
            app.Map($"/ex/jira/{{cloudId}}{path}", (HttpContext context, string cloudId) =>
                AnswerAsync(context, jira, Find(jira, site => site.CloudId == cloudId), gateway: true, path));
            app.Map($"/sites/{{slug}}{path}", (HttpContext context, string slug) =>
                AnswerAsync(context, jira, Find(jira, site => site.Slug == slug), gateway: false, path));
            app.Map($"{path}", (HttpContext context, HttpRequest request) =>
                AnswerAsync(context, jira, Find(jira, site => site.Slug == request.Host.Host.Split('.')[0]), gateway: false, path));
        }

        return app.MapAuthorizationServer(jira);
    }

    /// <summary>Runs <paramref name="answer"/> unless an error was requested for the call.</summary>
    internal static async Task<IResult> WithFaultsAsync(HttpContext context, SimulatedJira jira, Faults? faults, string path, Func<Task<IResult>> answer)
    {
        var operation = $"{context.Request.Method} {path}";
        jira.Ledger.Called(operation);
        context.Response.Headers.Date = jira.Clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        var latency = faults?.Latency > jira.Faults.Latency ? faults.Latency : jira.Faults.Latency;
        if (latency > TimeSpan.Zero) await Task.Delay(latency, jira.Clock, context.RequestAborted);

        if ((faults?.Take(operation) ?? jira.Faults.Take(operation)) is not { } fault) return await answer();
        if (fault == Fault.AnswerLost) await answer();
        if (fault.RetryAfter is { } wait) context.Response.Headers.RetryAfter = wait;
        if (fault.Status == 429) context.Response.Headers["RateLimit-Reason"] = "jira-burst-based";
        if (fault.Status > 0) return fault.Body.Length == 0 ? Answers.Errors(fault.Status, "A fault was asked for.") : Results.Text(fault.Body, statusCode: fault.Status);

        context.Abort();
        return Results.Empty;
    }

    private static SimulatedSite? Find(SimulatedJira jira, Func<SimulatedSiteOptions, bool> matches) => jira.Sites.FirstOrDefault(site => matches(site.Options));

    private static Task<IResult> AnswerAsync(HttpContext context, SimulatedJira jira, SimulatedSite? site, bool gateway, string path) =>
        WithFaultsAsync(context, jira, site?.Faults, path, async () =>
        {
            if (site is null) return Answers.Errors(404, "There is no such site.");
            if (JiraAuthentication.Refusal(context.Request, jira, site, gateway, path, isForUsers: path is Search or SearchOfVersion3) is { } refusal) return refusal;

            try
            {
                return (context.Request.Method, path) switch
                {
                    ("GET", Operations) => WebhookOperations.List(context.Request, site),
                    ("POST", Operations) => WebhookOperations.Register(await Requests.BodyAsync<RegistrationRequest>(context), site),
                    ("DELETE", Operations) => WebhookOperations.Delete(await Requests.BodyAsync<IdsRequest>(context), site),
                    ("PUT", Operations + "/refresh") => WebhookOperations.Refresh(await Requests.BodyAsync<IdsRequest>(context), site),
                    ("GET", Operations + "/failed") => WebhookOperations.Failed(context.Request, site),
                    ("POST", Search) => site.Issues.Search(await Requests.BodyAsync<SearchRequest>(context), asDocuments: false),
                    ("POST", SearchOfVersion3) => site.Issues.Search(await Requests.BodyAsync<SearchRequest>(context), asDocuments: true),
                    _ => Answers.Errors(405, "There is no such operation."),
                };
            }
            catch (RequestException refused)
            {
                return Answers.Errors(400, refused.Message);
            }
        });
}
