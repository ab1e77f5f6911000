using System.Globalization;
using JiraWebhooks.Health;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>The health endpoints: a public one that says whether all sites work, and one with details that requires a key.</summary>
public sealed class Health(IHealthReporter health)
{
    private const int MostSites = 1000;

    /// <summary>Answers 200 or 503, without details.</summary>
    [Function(nameof(Health))]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellationToken)
    {
        var report = await health.ReportAsync(details: false, cancellationToken);
        return Results.Json(new { status = report.Healthy ? "ok" : "unhealthy" }, statusCode: report.Healthy ? 200 : 503);
    }

    /// <summary>Answers with the sites and their problems: at most <c>max</c> of them, from the site <c>from</c> on.</summary>
    [Function("HealthDetails")]
    public async Task<IResult> DetailsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "health/details")] HttpRequest request, CancellationToken cancellationToken) =>
        int.TryParse(request.Query["max"].ToString() is { Length: > 0 } text ? text : $"{MostSites}", NumberStyles.None, CultureInfo.InvariantCulture, out var max)
            && max is >= 1 and <= MostSites
            ? Results.Json((await health.ReportAsync(details: true, cancellationToken)).Page(request.Query["from"], max))
            : Results.Problem($"max must be a whole number from 1 to {MostSites}.", statusCode: 400);
}
