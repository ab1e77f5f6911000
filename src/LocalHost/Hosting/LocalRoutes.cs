using JiraWebhooks.Deliveries;
using JiraWebhooks.Diagnostics;
using JiraWebhooks.Sites.Management;
using JiraWebhooks.Sites.Onboarding;

namespace LocalHost.Hosting;

/// <summary>The routes of the Functions app, and the one by which the Functions host fires a timer by hand
/// (<see href="https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http"/>).</summary>
internal static class LocalRoutes
{
    public static WebApplication MapFunctions(this WebApplication app)
    {
        app.MapPost("/api/" + DeliveryReceiver.Route, (HttpContext context, string site, DeliveryReceiver receiver) => receiver.ReceiveAsync(context, site));
        app.MapGet("/api/health", async (IHealthReporter health, CancellationToken cancellationToken) =>
        {
            var report = await health.ReportAsync(details: false, cancellationToken);
            return Results.Json(new { status = report.Healthy ? "ok" : "unhealthy" }, statusCode: report.Healthy ? 200 : 503);
        });
        app.MapGet("/api/health/details", async (IHealthReporter health, CancellationToken cancellationToken) =>
            Results.Json(await health.ReportAsync(details: true, cancellationToken))).RequireLocal();
        app.MapPost("/admin/functions/{name}", (string name, TimerFunctions functions, TimerService timers, IHostApplicationLifetime lifetime) =>
        {
            if (!functions.TryFind(name, out var function)) return Results.Text($"There is no function {name}; there are {string.Join(", ", functions.All.Select(known => known.Name))}.\n", statusCode: 404);

            _ = timers.FireAsync(function, lifetime.ApplicationStopping);
            return Results.Accepted();
        }).RequireLocal();
        app.MapSites();
        return app;
    }

    private static void MapSites(this WebApplication app)
    {
        var sites = app.MapGroup("/api/" + SitesApi.Route).RequireLocal();
        sites.MapGet("", (HttpRequest request, SitesApi api) => api.ListAsync(request));
        sites.MapGet("{site}", (HttpRequest request, string site, SitesApi api) => api.ShowAsync(request, site));
        sites.MapPut("{site}", (HttpRequest request, string site, SitesApi api) => api.PutAsync(request, site));
        sites.MapDelete("{site}", (HttpRequest request, string site, SitesApi api) => api.RemoveAsync(request, site));
        sites.MapPost("{site}/import", (HttpRequest request, string site, SitesApi api) => api.ImportAsync(request, site));
        sites.MapPost("{site}/secret", (HttpRequest request, string site, SitesApi api) => api.RotateAsync(request, site));
        sites.MapPost("{site}/disable", (HttpRequest request, string site, SitesApi api) => api.DisableAsync(request, site));
        sites.MapPost("{site}/enable", (HttpRequest request, string site, SitesApi api) => api.EnableAsync(request, site));
        sites.MapPost("{site}/refresh", (HttpRequest request, string site, SitesApi api) => api.RefreshAsync(request, site));
        sites.MapPost("{site}/recover", (HttpRequest request, string site, SitesApi api) => api.RecoverAsync(request, site));

        // After the start, the state bound to the browser is the key.
        app.MapGet("/api/" + OAuthOnboarding.StartRoute, (HttpRequest request, OAuthOnboarding onboarding, CancellationToken cancellationToken) => onboarding.StartAsync(request, cancellationToken)).RequireLocal();
        app.MapGet("/api/" + OAuthOnboarding.CallbackRoute, (HttpRequest request, OAuthOnboarding onboarding, CancellationToken cancellationToken) => onboarding.CallbackAsync(request, cancellationToken));
        app.MapPost("/api/" + OAuthOnboarding.ChoiceRoute, (HttpRequest request, OAuthOnboarding onboarding, CancellationToken cancellationToken) => onboarding.ChooseAsync(request, cancellationToken));
    }
}
