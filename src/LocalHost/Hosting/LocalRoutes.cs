using JiraWebhooks.Deliveries;
using JiraWebhooks.Diagnostics;

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
            Results.Json(await health.ReportAsync(details: true, cancellationToken)));
        app.MapPost("/admin/functions/{name}", (string name, TimerFunctions functions, TimerService timers, IHostApplicationLifetime lifetime) =>
        {
            if (!functions.TryFind(name, out var function)) return Results.Text($"There is no function {name}; there are {string.Join(", ", functions.All.Select(known => known.Name))}.\n", statusCode: 404);

            _ = timers.FireAsync(function, lifetime.ApplicationStopping);
            return Results.Accepted();
        });
        return app;
    }
}
