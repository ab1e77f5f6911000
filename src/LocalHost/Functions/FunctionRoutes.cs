using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;

namespace LocalHost.Functions;

/// <summary>The HTTP functions with their own verbs, routes and levels, and the route with which the Functions host runs a timer by hand
/// (<see href="https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http"/>).</summary>
internal static class FunctionRoutes
{
    /// <summary>The <c>routePrefix</c> of host.json.</summary>
    public const string Prefix = "/api";

    // The Functions host accepts these if a trigger names no verb.
    private static readonly string[] AllVerbs = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"];

    public static WebApplication MapFunctions(this WebApplication app, FunctionKey key)
    {
        foreach (var function in LocalFunction.All)
        {
            if (function.Http is { } trigger) app.MapHttp(function, trigger, key);
        }

        app.MapPost("/admin/functions/{name}", key.Guard(context => RunAsync(context, (string)context.Request.RouteValues["name"]!)));
        return app;
    }

    private static void MapHttp(this WebApplication app, LocalFunction function, HttpTriggerAttribute trigger, FunctionKey key)
    {
        var route = RoutePatternFactory.Parse($"{Prefix}/{trigger.Route ?? function.Name}");
        var options = new RequestDelegateFactoryOptions { ServiceProvider = app.Services, RouteParameterNames = route.Parameters.Select(parameter => parameter.Name) };
        var handler = RequestDelegateFactory.Create(function.Method, context => function.NewInstance(context.RequestServices), options).RequestDelegate;
        app.MapMethods(route.RawText!, trigger.Methods ?? AllVerbs, trigger.AuthLevel is AuthorizationLevel.Anonymous ? handler : key.Guard(handler)).WithMetadata(function);
    }

    // Answers before the run has ended, as the Functions host does.
    private static Task RunAsync(HttpContext context, string name)
    {
        var timers = context.RequestServices.GetRequiredService<TimerService>();
        if (timers.Find(name) is not { } function)
        {
            return Results.Text($"There is no timer function {name}; there are {string.Join(", ", timers.All.Select(known => known.Name))}.\n", statusCode: 404).ExecuteAsync(context);
        }

        _ = timers.FireAsync(function, context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        return Results.Accepted().ExecuteAsync(context);
    }
}
