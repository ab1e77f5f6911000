using Microsoft.AspNetCore.Http;

namespace JiraSimulator;

/// <summary>Authenticates callers as Jira does.</summary>
internal static class JiraAuthentication
{
    /// <summary>Returns null if the caller is the site's app; otherwise status and message.</summary>
    public static (int Status, string Message)? Refusal(HttpRequest request, SimulatedJira jira, SimulatedSite site, bool gateway, string path)
    {
        var header = request.Headers.Authorization.ToString();
        if (gateway)
        {
            var client = header.StartsWith("Bearer ", StringComparison.Ordinal) ? jira.OAuth.ClientOf(header[7..]) : null;
            if (client is null) return (401, "Unauthorized; the token is missing, unknown or expired.");
            if (site.Options.Auth is not SimulatedAuth.OAuth || client != site.Options.ClientId) return (403, "The app has no access to this site.");
            return OAuthServer.Needed.All(jira.OAuth.ScopesOf(header[7..]).Contains) ? null : (401, "Unauthorized; scope does not match");
        }

        if (header.StartsWith("Basic ", StringComparison.Ordinal)) return (403, "The caller is not an app.");
        if (!header.StartsWith("JWT ", StringComparison.Ordinal) || site.Options.Auth is not SimulatedAuth.Connect) return (401, "Client must be authenticated to access this resource.");
        if (Signatures.Claims(header[4..], site.Options.Secret, jira.Clock.GetUtcNow()) is not { } claims) return (401, "The token's signature or time is wrong.");
        if (!claims.TryGetProperty("iat", out _)) return (401, "The token does not say when it was made.");
        if (request.Method == "GET" && request.ContentLength > 0) return (400, "A GET has no body.");
        if (!claims.TryGetProperty("iss", out var issuer) || issuer.GetString() != site.Options.AppKey) return (401, "The token's issuer is not installed.");

        var hash = Signatures.QueryHash(request.Method, path, request.QueryString.Value ?? "");
        return claims.TryGetProperty("qsh", out var qsh) && qsh.GetString() == hash ? null : (401, "The token is for another request.");
    }
}
