using System.Net;

namespace LocalHost.Functions;

/// <summary>Only this machine can call the functions that manage the app, even with the key. Deliveries come through a tunnel. Other requests
/// through it, and requests of a foreign page in this machine's browser, get 404.</summary>
internal static class LocalOnly
{
    private static readonly string[] OfTunnels = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-Host", "CF-Connecting-IP", "Ngrok-Skip-Browser-Warning"];

    public static bool IsLocal(HttpContext context)
    {
        var request = context.Request;
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && request.Host.Host is "localhost" or "127.0.0.1" or "[::1]"
            && !OfTunnels.Any(request.Headers.ContainsKey)
            && !IsOfAnotherPage(request);
    }

    // Browsers send the origin of a request; for a link or a typed address they send none, or "none".
    private static bool IsOfAnotherPage(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } and not ("none" or "same-origin")
        || (request.Headers.Origin.ToString() is { Length: > 0 } origin && origin != $"{request.Scheme}://{request.Host}");
}
