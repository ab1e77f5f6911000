using JiraWebhooks.Health;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Tells anybody whether all is well, and whoever has a key what is not.</summary>
public sealed class Health(IHealthReporter health)
{
    /// <summary>200 or 503, and no more.</summary>
    [Function(nameof(Health))]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellationToken)
    {
        var report = await health.ReportAsync(details: false, cancellationToken);
        return Results.Json(new { status = report.Healthy ? "ok" : "unhealthy" }, statusCode: report.Healthy ? 200 : 503);
    }

    /// <summary>Every site, with what is wrong with it.</summary>
    [Function("HealthDetails")]
    public async Task<IResult> DetailsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "health/details")] HttpRequest request, CancellationToken cancellationToken) =>
        Results.Json(await health.ReportAsync(details: true, cancellationToken));
}
