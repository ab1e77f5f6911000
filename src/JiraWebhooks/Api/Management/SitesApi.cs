using System.Globalization;
using JiraWebhooks.Health;
using JiraWebhooks.Hosting;
using JiraWebhooks.Recovery;
using JiraWebhooks.Sites;
using JiraWebhooks.Webhooks;
using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Api;

/// <summary>The management API. Both hosts use it and check their key before it.</summary>
public sealed class SitesApi(
    ISiteStore sites,
    SiteManager manager,
    SiteRemoval removal,
    IHealthReporter health,
    WebhookRefresher refresher,
    SitePlanner planner,
    FailedDeliveryPoller poller,
    JiraWebhooksOptions options,
    ApiCalls calls)
{
    /// <summary>Route of the list.</summary>
    public const string Route = "sites";

    /// <summary>Route of one site; an operation on the site adds one segment.</summary>
    public const string SiteRoute = "sites/{site}";

    private const int MostMinutes = 30 * 24 * 60;

    /// <summary>GET sites</summary>
    public Task<IResult> ListAsync(HttpRequest request) => calls.RunAsync(async token => Results.Json(await ViewAsync(_ => true, token), ManagementJson.Default.SiteViewArray));

    /// <summary>GET sites/{site}</summary>
    public Task<IResult> ShowAsync(HttpRequest request, string site) => calls.RunAsync(token => ShowAsync(request, site, 200, token));

    /// <summary>PUT sites/{site}: adds or changes the site; with If-Match only that version.</summary>
    public Task<IResult> PutAsync(HttpRequest request, string site) => calls.RunAsync(async token =>
    {
        var wanted = await ApiCalls.ReadAsync(request, SiteRequestJson.Default.SiteRequest, token);
        var ifMatch = request.Headers.IfMatch.Count > 0 ? request.Headers.IfMatch.ToString() : null;
        return await ShowAsync(request, site, await manager.PutAsync(site, wanted, ifMatch, token) ? 201 : 200, token);
    });

    /// <summary>POST sites/{site}/import: adds an existing installation of a Connect app.</summary>
    public Task<IResult> ImportAsync(HttpRequest request, string site) => calls.RunAsync(async token =>
    {
        var installation = await ApiCalls.ReadAsync(request, ManagementJson.Default.ConnectInstallation, token);
        return await ShowAsync(request, site, await manager.PutAsync(site, installation.ToRequest(), null, token) ? 201 : 200, token);
    });

    /// <summary>POST sites/{site}/secret: rotates the secret.</summary>
    public Task<IResult> RotateAsync(HttpRequest request, string site) => calls.RunAsync(async token =>
    {
        var rotation = await ApiCalls.ReadAsync(request, ManagementJson.Default.Rotation, token);
        await manager.RotateAsync(site, rotation.Secret, rotation.Announce, token);
        return await ShowAsync(request, site, 200, token);
    });

    /// <summary>POST sites/{site}/disable</summary>
    public Task<IResult> DisableAsync(HttpRequest request, string site) => calls.RunAsync(async token =>
    {
        await manager.DisableAsync(site, (await ApiCalls.ReadAsync(request, ManagementJson.Default.Disabling, token)).Reason, token);
        return await ShowAsync(request, site, 200, token);
    });

    /// <summary>POST sites/{site}/enable</summary>
    public Task<IResult> EnableAsync(HttpRequest request, string site) => calls.RunAsync(async token =>
    {
        await manager.EnableAsync(site, token);
        return await ShowAsync(request, site, 200, token);
    });

    /// <summary>DELETE sites/{site}: 202, because its data is deleted a day later; 204 if its row was lost and there is nothing to wait for.</summary>
    public Task<IResult> RemoveAsync(HttpRequest request, string site) => calls.RunAsync(async token =>
    {
        if ((await sites.ListMissingAsync(token)).Any(missing => missing.Id == site))
        {
            await removal.EraseMissingAsync(site, token);
            return Results.NoContent();
        }

        await manager.RemoveAsync(site, token);
        return await ShowAsync(request, site, 202, token);
    });

    /// <summary>GET sites/{site}/plan: what the next refresh will do; nothing is changed.</summary>
    public Task<IResult> PlanAsync(HttpRequest request, string site) => calls.RunAsync(async token =>
    {
        try
        {
            return Results.Json(await planner.PlanAsync(await FindAsync(site, token), token), ManagementJson.Default.SitePlan);
        }
        catch (PlanFailedException failed)
        {
            throw new SiteChangeException(failed.IsOfSettings ? 409 : 502, failed.Message);
        }
    });

    /// <summary>POST sites/{site}/refresh: registers and extends the site's webhooks now.</summary>
    public Task<IResult> RefreshAsync(HttpRequest request, string site) => calls.RunAsync(async token =>
    {
        var found = await FindAsync(site, token);
        var (result, isCut) = await calls.WithinAsync(limit => refresher.RunAsync(found, limit), token);
        if (isCut && result.Problem is not null) result = result with { Problem = "The call's time is up: repeat it. The daily run goes on with it too." };
        return Results.Json(result, ManagementJson.Default.SiteRefresh);
    });

    /// <summary>POST sites/{site}/recover?minutes=N: recovers the events that the site has missed.</summary>
    public Task<IResult> RecoverAsync(HttpRequest request, string site) => calls.RunAsync(async token =>
    {
        if (!int.TryParse(request.Query["minutes"], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || minutes is < 1 or > MostMinutes)
        {
            throw new SiteChangeException(400, $"minutes must be a whole number from 1 to {MostMinutes}: how far to look back.");
        }

        var found = await FindAsync(site, token);
        if (found.Problem is { } problem) throw new SiteChangeException(409, problem);
        if (found.Disabled is not null) throw new SiteChangeException(409, $"Site {site} is switched off or being removed: enable it first.");
        if (!found.HasApi) throw new SiteChangeException(409, $"Site {site} has an administrator's webhook alone: there is nothing to ask Jira with.");

        var (result, isCut) = await calls.WithinAsync(limit => poller.RecoverAsync(found, TimeSpan.FromMinutes(minutes), limit), token);
        if (isCut && result.Problem is not null) result = result with { Problem = "The call's time is up: repeat it. What was found so far is published." };
        return Results.Json(result, ManagementJson.Default.SitePoll);
    });

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
        var states = await health.ReportAsync(found, cancellationToken);
        return [.. found.Zip(states, (site, state) => SiteView.Of(site, state, options.CallbackUrl(site.Id)))];
    }

    private async Task<Site> FindAsync(string id, CancellationToken cancellationToken) =>
        await sites.FindAsync(id, cancellationToken) ?? throw new SiteChangeException(404, $"There is no site {id}.");
}
