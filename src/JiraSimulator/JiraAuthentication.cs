using System.Text.Json;

namespace JiraSimulator;

/// <summary>Authenticates callers as Jira does.</summary>
internal static class JiraAuthentication
{
    // How much Jira tolerates is not documented.
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(30);

    /// <summary>Returns null if the caller may call; otherwise the answer.</summary>
    /// <param name="request">The call.</param>
    /// <param name="jira">The Jira.</param>
    /// <param name="site">The site.</param>
    /// <param name="gateway">True for api.atlassian.com, false for the site's own address.</param>
    /// <param name="path">Path of the operation, without the base URL's.</param>
    /// <param name="isForUsers">True for an operation that users may call too.</param>
    public static IResult? Refusal(HttpRequest request, SimulatedJira jira, SimulatedSite site, bool gateway, string path, bool isForUsers)
    {
        var header = request.Headers.Authorization.ToString();
        if (IsUser(header, site.Options)) return isForUsers ? null : Answers.Errors(403, "The caller is not an app.");
        if (gateway) return GatewayRefusal(header, jira, site);
        if (!header.StartsWith("JWT ", StringComparison.Ordinal) || site.Options.Auth is not SimulatedAuth.Connect) return Answers.Errors(401, "Client must be authenticated to access this resource.");
        if (request.Method == "GET" && request.ContentLength > 0) return Answers.Errors(400, "A GET has no body.");

        return ConnectError(header[4..], request, jira.Clock.GetUtcNow(), site.Options, path) is { } error ? Answers.Errors(401, error) : null;
    }

    private static IResult? GatewayRefusal(string header, SimulatedJira jira, SimulatedSite site)
    {
        var client = header.StartsWith("Bearer ", StringComparison.Ordinal) ? jira.OAuth.ClientOf(header[7..]) : null;
        if (client is null) return Answers.Unauthorized("Unauthorized; the token is missing, unknown or expired.");
        if (site.Options.Auth is not SimulatedAuth.OAuth || client != site.Options.ClientId) return Answers.Errors(403, "The app has no access to this site.");
        return OAuthServer.Needed.All(jira.OAuth.ScopesOf(header[7..]).Contains) ? null : Answers.Unauthorized("Unauthorized; scope does not match");
    }

    // A person, with whatever password, or a user's token. The site's own address refuses the tokens of OAuth apps with 401 (observed).
    private static bool IsUser(string header, SimulatedSiteOptions site) =>
        header.StartsWith("Basic ", StringComparison.Ordinal) || header == "Bearer " + site.UserToken;

    private static string? ConnectError(string token, HttpRequest request, DateTimeOffset now, SimulatedSiteOptions site, string path)
    {
        if (Signatures.Claims(token, site.Secret, now) is not { } claims) return "The token's signature or time is wrong.";
        if (!claims.TryGetProperty("iat", out var created) || created.ValueKind is not JsonValueKind.Number || !created.TryGetInt64(out var at)) return "The token does not say when it was made.";
        if (at > (now + Leeway).ToUnixTimeSeconds()) return "The token was made in the future.";
        if (!claims.TryGetProperty("iss", out var issuer) || issuer.GetString() != site.AppKey) return "The token's issuer is not installed.";

        // A hash leaves out the path of the base URL. Sites of Jira Cloud have none there, so some clients always hash the whole path.
        string[] paths = [path, $"{request.PathBase}{request.Path}"];
        return claims.TryGetProperty("qsh", out var qsh) && paths.Any(hashed => qsh.GetString() == Signatures.QueryHash(request.Method, hashed, request.QueryString.Value ?? ""))
            ? null
            : "The token is for another request.";
    }
}
