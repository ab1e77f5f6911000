using JiraWebhooks.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Manages sites at run time. Every function requires a function key.</summary>
public sealed class ManageSites(SitesApi api)
{
    /// <summary>Lists all sites.</summary>
    [Function("ListSites")]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = SitesApi.Route)] HttpRequest request) => api.ListAsync(request);

    /// <summary>Shows one site.</summary>
    [Function("ShowSite")]
    public Task<IResult> ShowAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = SitesApi.SiteRoute)] HttpRequest request, string site) => api.ShowAsync(request, site);

    /// <summary>Adds or changes a site.</summary>
    [Function("PutSite")]
    public Task<IResult> PutAsync([HttpTrigger(AuthorizationLevel.Function, "put", Route = SitesApi.SiteRoute)] HttpRequest request, string site) => api.PutAsync(request, site);

    /// <summary>Adds an existing Connect installation.</summary>
    [Function("ImportSite")]
    public Task<IResult> ImportAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = SitesApi.SiteRoute + "/import")] HttpRequest request, string site) =>
        api.ImportAsync(request, site);

    /// <summary>Rotates a site's secret.</summary>
    [Function("RotateSecret")]
    public Task<IResult> RotateAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = SitesApi.SiteRoute + "/secret")] HttpRequest request, string site) =>
        api.RotateAsync(request, site);

    /// <summary>Disables a site.</summary>
    [Function("DisableSite")]
    public Task<IResult> DisableAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = SitesApi.SiteRoute + "/disable")] HttpRequest request, string site) =>
        api.DisableAsync(request, site);

    /// <summary>Enables a site again.</summary>
    [Function("EnableSite")]
    public Task<IResult> EnableAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = SitesApi.SiteRoute + "/enable")] HttpRequest request, string site) =>
        api.EnableAsync(request, site);

    /// <summary>Removes a site.</summary>
    [Function("RemoveSite")]
    public Task<IResult> RemoveAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = SitesApi.SiteRoute)] HttpRequest request, string site) =>
        api.RemoveAsync(request, site);

    /// <summary>Shows what the next refresh of a site will do.</summary>
    [Function("PlanSite")]
    public Task<IResult> PlanAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = SitesApi.SiteRoute + "/plan")] HttpRequest request, string site) =>
        api.PlanAsync(request, site);

    /// <summary>Registers and extends one site's webhooks now.</summary>
    [Function("RefreshSite")]
    public Task<IResult> RefreshAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = SitesApi.SiteRoute + "/refresh")] HttpRequest request, string site) =>
        api.RefreshAsync(request, site);

    /// <summary>Recovers the events that a site has missed.</summary>
    [Function("RecoverSite")]
    public Task<IResult> RecoverAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = SitesApi.SiteRoute + "/recover")] HttpRequest request, string site) =>
        api.RecoverAsync(request, site);
}
