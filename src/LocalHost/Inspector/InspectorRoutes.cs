using System.Globalization;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;
using LocalHost.Functions;
using LocalHost.Hosting;

namespace LocalHost.Inspector;

/// <summary>The calls of the page, with the key of the functions. For all else the page uses the management API.</summary>
internal static class InspectorRoutes
{
    private const string Prefix = "/inspector/api";
    private const int LongestMinutes = 24 * 60;

    /// <summary>Serves the page and its calls, and records deliveries from now on.</summary>
    public static void UseInspector(this WebApplication app, FunctionKey key)
    {
        var capture = app.Services.GetRequiredService<DeliveryCapture>();
        app.Use(capture.InvokeAsync);
        app.MapPage();
        app.MapGet($"{Prefix}/stream", key.Guard(DeliveryStream.SendAsync));
        app.MapGet($"{Prefix}/deliveries/{{number:long}}", key.Guard(ShowAsync));
        app.MapPost($"{Prefix}/deliveries/{{number:long}}/again", key.Guard(SendAgainAsync));
        app.MapGet($"{Prefix}/minutes", key.Guard(MinutesAsync));
        app.MapGet($"{Prefix}/grants", key.Guard(GrantsAsync));
        app.MapGet($"{Prefix}/bus", key.Guard(BusAsync));
    }

    private static Task ShowAsync(HttpContext context) =>
        Find(context) is { } delivery ? Json(context, InspectorJson.Detail(delivery, context.RequestServices.GetRequiredService<LocalAddress>().BaseUrl)) : NotHeldAsync(context);

    private static async Task SendAgainAsync(HttpContext context)
    {
        if (Find(context) is not { } delivery)
        {
            await NotHeldAsync(context);
            return;
        }

        var (identifier, status, problem) = await context.RequestServices.GetRequiredService<Resend>().SendAsync(delivery, context.RequestAborted);
        if (problem is not null) await Results.Problem(problem, statusCode: 409).ExecuteAsync(context);
        else await Json(context, new { identifier, status });
    }

    private static Task MinutesAsync(HttpContext context)
    {
        if (!int.TryParse(context.Request.Query["minutes"], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || minutes is < 1 or > LongestMinutes)
        {
            return Results.Problem($"minutes must be a whole number from 1 to {LongestMinutes}.", statusCode: 400).ExecuteAsync(context);
        }

        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        return Json(context, new { now, minutes = context.RequestServices.GetRequiredService<DeliveryLog>().Minutes(now - TimeSpan.FromMinutes(minutes)) });
    }

    // Times only: no token leaves the store.
    private static async Task GrantsAsync(HttpContext context)
    {
        var store = context.RequestServices.GetRequiredService<ITokenStore>();
        var sites = await context.RequestServices.GetRequiredService<ISiteStore>().ListAsync(context.RequestAborted);
        var grants = new List<object>();
        foreach (var name in sites.Where(site => site.Scheme is SiteScheme.OAuth).Select(site => site.Grant).OfType<string>().Distinct().Order(StringComparer.Ordinal))
        {
            var grant = (await store.ReadAsync(name, context.RequestAborted))?.Grant;
            grants.Add(new { name, grant?.AccessTokenExpiresAt, grant?.ReconnectRequiredSince, isStored = grant is not null });
        }

        await Json(context, grants);
    }

    private static Task BusAsync(HttpContext context) => Json(context, context.RequestServices.GetService<LocalBus>() is { } bus
        ? new
        {
            topic = bus.Topic,
            subscriptions = bus.Subscriptions
            .Select(subscription => new { name = subscription.Name, active = subscription.Active, dead = subscription.Dead })
        }
        : null);

    private static CapturedDelivery? Find(HttpContext context) =>
        context.RequestServices.GetRequiredService<DeliveryLog>().Find(long.Parse((string)context.Request.RouteValues["number"]!, CultureInfo.InvariantCulture));

    private static Task NotHeldAsync(HttpContext context) =>
        Results.Problem($"This delivery is no longer held: the page keeps the last {DeliveryLog.Most}.", statusCode: 404).ExecuteAsync(context);

    private static Task Json(HttpContext context, object? value) => Results.Json(value, InspectorJson.Options).ExecuteAsync(context);
}
