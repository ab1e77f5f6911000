using System.Reflection;
using LocalHost.Functions;

namespace LocalHost.Inspector;

/// <summary>The files of the page. They contain nothing secret, so they need no key; the data does.</summary>
internal static class InspectorPage
{
    // No request leaves the machine, nothing is evaluated, and no other page can show this one.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Prefix = "Inspector.";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal) { [".html"] = "text/html; charset=utf-8", [".css"] = "text/css; charset=utf-8", [".js"] = "text/javascript; charset=utf-8", [".svg"] = "image/svg+xml" };

    public static void MapPage(this WebApplication app)
    {
        foreach (var resource in Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var name = resource[Prefix.Length..];
            app.MapGet(name == "index.html" ? "/" : $"/inspector/{name}", context => SendAsync(context, resource));
        }
    }

    private static async Task SendAsync(HttpContext context, string resource)
    {
        if (!LocalOnly.IsLocal(context))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var headers = context.Response.Headers;
        headers.ContentType = Types[Path.GetExtension(resource)];
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        await using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        await file.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
