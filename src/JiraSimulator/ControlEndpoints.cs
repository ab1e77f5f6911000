using System.Text.Json;
using System.Text.Json.Nodes;

namespace JiraSimulator;

/// <summary>An event to emit.</summary>
internal sealed record EmitRequest(string Event, JsonObject Body);

/// <summary>The endpoints that a real Jira does not have: they show and change the state of the simulated Jira. They have no authentication.</summary>
internal static class ControlEndpoints
{
    public static IEndpointRouteBuilder MapControl(this IEndpointRouteBuilder app, SimulatedJira jira)
    {
        var random = new Random(1);
        app.MapGet("/simulator", (HttpRequest request) => Answers.Json(new { sites = jira.Sites.Select(site => Describe(site, jira, $"{request.Scheme}://{request.Host}")) }));
        app.MapGet("/simulator/deliveries", () => Answers.Json(new { deliveries = Deliveries(jira.Ledger) }));
        app.MapGet("/simulator/sites/{slug}/failed", (string slug) => Find(jira, slug) is { } site ? Answers.Json(new { failed = site.Failed }) : NoSite());
        app.MapPost("/simulator/sites/{slug}/events", async (HttpContext context, string slug) =>
            Find(jira, slug) is { } site ? await EmitAsync(context, jira, site.Options, random) : NoSite());
        return app;
    }

    private static async Task<IResult> EmitAsync(HttpContext context, SimulatedJira jira, SimulatedSiteOptions site, Random random)
    {
        try
        {
            var (name, body) = await NextAsync(context, jira, site, random);
            return Answers.Json(new { @event = name, identifiers = jira.Emit(site.Slug, name, body) });
        }
        catch (RequestException refused)
        {
            return Answers.Errors(400, refused.Message);
        }
    }

    // Without a body, the next event of an invented team.
    private static async Task<(string Event, string Body)> NextAsync(HttpContext context, SimulatedJira jira, SimulatedSiteOptions site, Random random)
    {
        if (context.Request.ContentLength is > 0 || context.Request.Headers.TransferEncoding.Count > 0)
        {
            var given = await Requests.BodyAsync<EmitRequest>(context);
            return (given.Event, given.Body.ToJsonString());
        }

        lock (random) return BelievableEvents.Next(random, site.Url, jira.Clock.GetUtcNow());
    }

    private static object Describe(SimulatedSite site, SimulatedJira jira, string root)
    {
        var options = site.Options;
        var isOAuth = options.Auth is SimulatedAuth.OAuth;
        var isConnect = options.Auth is SimulatedAuth.Connect;
        return new
        {
            slug = options.Slug,
            auth = options.Auth.ToString(),
            url = options.Url,
            apiUrl = isOAuth ? $"{root}/ex/jira/{options.CloudId}" : $"{root}/sites/{options.Slug}",
            secret = options.Secret,
            cloudId = isOAuth ? options.CloudId : null,
            clientId = isOAuth ? options.ClientId : null,
            refreshToken = isOAuth ? jira.OAuth.IssueGrant(options.ClientId) : null,
            appKey = isConnect ? options.AppKey : null,
            clientKey = isConnect ? options.ClientKey : null,
            adminWebhookUrl = options.AdminWebhookUrl,
            webhooks = site.Webhooks,
        };
    }

    private static IEnumerable<object> Deliveries(Ledger ledger)
    {
        var attempts = ledger.Attempts.ToLookup(attempt => attempt.Identifier);
        return ledger.Emitted.Select(emitted => new
        {
            site = emitted.Site,
            identifier = emitted.Identifier,
            @event = emitted.Event,
            at = emitted.At,
            body = JsonSerializer.Deserialize<JsonElement>(emitted.Body.Span),
            attempts = attempts[emitted.Identifier].Select(attempt => new { retry = attempt.Retry, status = attempt.Status, at = attempt.At }),
        });
    }

    private static SimulatedSite? Find(SimulatedJira jira, string slug) => jira.Sites.FirstOrDefault(site => site.Options.Slug == slug);

    private static IResult NoSite() => Answers.Errors(404, "There is no such site.");
}
