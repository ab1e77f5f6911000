using System.Globalization;
using LocalHost.Simulation;

namespace LocalHost.Demo;

/// <summary>Bad days of a receiver, in front of the real one: it fails before it has done its work, or after, so that the answer is lost. On
/// most deliveries it recovers in time; on some of the sites that have a way to recover them it stays down until Jira gives up.</summary>
internal static class FlakyReceiver
{
    private const string Identifier = "X-Atlassian-Webhook-Identifier";
    private const string Retry = "X-Atlassian-Webhook-Retry";

    // The Connect site has its failed list, the OAuth site the search for what has changed.
    private static readonly string[] Recoverable = ["/" + SimulatedSites.Connect, "/" + SimulatedSites.OAuth];

    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var identifier = context.Request.Headers[Identifier].ToString();
        if (identifier.Length == 0)
        {
            await next(context);
            return;
        }

        // Decided by the identifier, so that a run repeats.
        var fate = Convert.ToInt32(identifier[..4], 16) % 100;
        var retry = int.TryParse(context.Request.Headers[Retry], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var recoverable = Recoverable.Any(site => context.Request.Path.Value!.EndsWith(site, StringComparison.Ordinal));
        if ((fate < 20 && recoverable) || (fate is >= 20 and < 30 && retry < 2))
        {
            context.Response.StatusCode = fate % 2 == 0 ? StatusCodes.Status500InternalServerError : StatusCodes.Status503ServiceUnavailable;
            return;
        }

        await next(context);
        if (fate is >= 30 and < 36 && retry == 0) context.Abort();
    }
}
