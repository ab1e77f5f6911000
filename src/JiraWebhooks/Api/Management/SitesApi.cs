using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using JiraWebhooks.Health;
using JiraWebhooks.Hosting;
using JiraWebhooks.Recovery;
using JiraWebhooks.Sites;
using JiraWebhooks.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Api;

/// <summary>The management API. Both hosts use it and check their key before it. Errors are problem details (RFC 9457).</summary>
public sealed partial class SitesApi(
    ISiteStore sites,
    SiteManager manager,
    SiteRemoval removal,
    IHealthReporter health,
    WebhookRefresher refresher,
    FailedDeliveryPoller poller,
    JiraWebhooksOptions options,
    TimeProvider clock,
    ILogger<SitesApi> logger)
{
    /// <summary>Route of the list.</summary>
    public const string Route = "sites";

    /// <summary>Route of one site; an operation on the site adds one segment.</summary>
    public const string SiteRoute = "sites/{site}";

    // Azure's load balancer ends a call after 230 s, and the caller does not learn the result
    // (https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout).
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(200);

    private const int MostBodyBytes = 256 * 1024;
    private const int MostMinutes = 30 * 24 * 60;

    /// <summary>GET sites</summary>
    public Task<IResult> ListAsync(HttpRequest request) => RunAsync(async token => Results.Json(await ViewAsync(_ => true, token), ManagementJson.Default.SiteViewArray));

    /// <summary>GET sites/{site}</summary>
    public Task<IResult> ShowAsync(HttpRequest request, string site) => RunAsync(token => ShowAsync(request, site, 200, token));

    /// <summary>PUT sites/{site}: adds or changes the site; with If-Match only that version.</summary>
    public Task<IResult> PutAsync(HttpRequest request, string site) => RunAsync(async token =>
    {
        var wanted = await ReadAsync(request, SiteRequestJson.Default.SiteRequest, token);
        var ifMatch = request.Headers.IfMatch.Count > 0 ? request.Headers.IfMatch.ToString() : null;
        return await ShowAsync(request, site, await manager.PutAsync(site, wanted, ifMatch, token) ? 201 : 200, token);
    });

    /// <summary>POST sites/{site}/import: adds an existing installation of a Connect app.</summary>
    public Task<IResult> ImportAsync(HttpRequest request, string site) => RunAsync(async token =>
    {
        var installation = await ReadAsync(request, ManagementJson.Default.ConnectInstallation, token);
        return await ShowAsync(request, site, await manager.PutAsync(site, installation.ToRequest(), null, token) ? 201 : 200, token);
    });

    /// <summary>POST sites/{site}/secret: rotates the secret.</summary>
    public Task<IResult> RotateAsync(HttpRequest request, string site) => RunAsync(async token =>
    {
        var rotation = await ReadAsync(request, ManagementJson.Default.Rotation, token);
        await manager.RotateAsync(site, rotation.Secret, rotation.Announce, token);
        return await ShowAsync(request, site, 200, token);
    });

    /// <summary>POST sites/{site}/disable</summary>
    public Task<IResult> DisableAsync(HttpRequest request, string site) => RunAsync(async token =>
    {
        await manager.DisableAsync(site, (await ReadAsync(request, ManagementJson.Default.Disabling, token)).Reason, token);
        return await ShowAsync(request, site, 200, token);
    });

    /// <summary>POST sites/{site}/enable</summary>
    public Task<IResult> EnableAsync(HttpRequest request, string site) => RunAsync(async token =>
    {
        await manager.EnableAsync(site, token);
        return await ShowAsync(request, site, 200, token);
    });

    /// <summary>DELETE sites/{site}: 202, because its data is deleted a day later; 204 if its row was lost and there is nothing to wait for.</summary>
    public Task<IResult> RemoveAsync(HttpRequest request, string site) => RunAsync(async token =>
    {
        if ((await sites.ListMissingAsync(token)).Any(missing => missing.Id == site))
        {
            await removal.EraseMissingAsync(site, token);
            return Results.NoContent();
        }

        await manager.RemoveAsync(site, token);
        return await ShowAsync(request, site, 202, token);
    });

    /// <summary>POST sites/{site}/refresh: registers and extends the site's webhooks now.</summary>
    public Task<IResult> RefreshAsync(HttpRequest request, string site) => RunAsync(async token =>
    {
        var found = await FindAsync(site, token);
        var (result, isCut) = await WithinAsync(limit => refresher.RunAsync(found, limit), token);
        if (isCut && result.Problem is not null) result = result with { Problem = "The call's time is up: repeat it. The daily run goes on with it too." };
        return Results.Json(result, ManagementJson.Default.SiteRefresh);
    });

    /// <summary>POST sites/{site}/recover?minutes=N: recovers the events that the site has missed.</summary>
    public Task<IResult> RecoverAsync(HttpRequest request, string site) => RunAsync(async token =>
    {
        if (!int.TryParse(request.Query["minutes"], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || minutes is < 1 or > MostMinutes)
        {
            throw new SiteChangeException(400, $"minutes must be a whole number from 1 to {MostMinutes}: how far to look back.");
        }

        var found = await FindAsync(site, token);
        if (found.Problem is { } problem) throw new SiteChangeException(409, problem);
        if (found.Disabled is not null) throw new SiteChangeException(409, $"Site {site} is switched off or being removed: enable it first.");
        if (!found.HasApi) throw new SiteChangeException(409, $"Site {site} has an administrator's webhook alone: there is nothing to ask Jira with.");

        var (result, isCut) = await WithinAsync(limit => poller.RecoverAsync(found, clock.GetUtcNow() - TimeSpan.FromMinutes(minutes), limit), token);
        if (isCut && result.Problem is not null) result = result with { Problem = "The call's time is up: repeat it. What was found so far is published." };
        return Results.Json(result, ManagementJson.Default.SitePoll);
    });

    private async Task<(T Result, bool IsCut)> WithinAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var result = await work(either.Token);
        return (result, limit.IsCancellationRequested);
    }

    private async Task<IResult> ShowAsync(HttpRequest request, string id, int status, CancellationToken cancellationToken)
    {
        var found = await ViewAsync(site => site.Id == id, cancellationToken);
        if (found.Length == 0) throw new SiteChangeException(404, $"There is no site {id}.");

        if (found[0].Source == "store") request.HttpContext.Response.Headers.ETag = (await manager.GetAsync(id, cancellationToken)).Version.ToString();
        return Results.Json(found[0], ManagementJson.Default.SiteView, statusCode: status);
    }

    private async Task<SiteView[]> ViewAsync(Func<Site, bool> wanted, CancellationToken cancellationToken)
    {
        var found = (await sites.ListAsync(cancellationToken)).Where(wanted).OrderBy(site => site.Id, StringComparer.Ordinal).ToList();
        var views = new List<SiteView>();
        foreach (var site in found) views.Add(SiteView.Of(site, await health.ReportAsync(site, cancellationToken), options.CallbackUrl(site.Id)));
        return [.. views];
    }

    private async Task<Site> FindAsync(string id, CancellationToken cancellationToken) =>
        await sites.FindAsync(id, cancellationToken) ?? throw new SiteChangeException(404, $"There is no site {id}.");

    private static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        // A foreign web page can make a browser send a form to this API, but not JSON.
        if (!request.HasJsonContentType()) throw new SiteChangeException(415, "Send JSON, with Content-Type: application/json.");
        if (await BoundedBody.ReadAsync(request, MostBodyBytes, cancellationToken) is not { } body) throw new SiteChangeException(413, $"The body has more than {MostBodyBytes} bytes.");

        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw new SiteChangeException(400, "The body is null.");
        }
        catch (JsonException wrong)
        {
            // The exception's message may quote the body; its path contains only property names.
            throw new SiteChangeException(400, $"The body is not JSON of the shape this call takes, at {wrong.Path ?? "its start"}: see docs/sites.md.");
        }
    }

    // A change that has begun is finished even if the caller disconnects.
    private async Task<IResult> RunAsync(Func<CancellationToken, Task<IResult>> call)
    {
        try
        {
            using var budget = new CancellationTokenSource(options.RunBudget, clock);
            return await call(budget.Token);
        }
        catch (SiteChangeException wrong)
        {
            return Results.Problem(wrong.Message, statusCode: wrong.Status);
        }
        catch (BrokenBodyException broken)
        {
            return Results.Problem(broken.Message, statusCode: 400);
        }
        catch (Exception error)
        {
            Log.Failed(logger, error.GetType().Name, (error as RequestFailedException)?.Status);
            return Results.Problem("Storage or the vault cannot be reached now: try again.", statusCode: 503);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A call of the management API failed: {Error} {Status}.")]
        public static partial void Failed(ILogger logger, string error, int? status);
    }
}
