namespace JiraSimulator;

/// <summary>auth.atlassian.com and the list of accessible sites (docs/jira-behaviour.md#oauth-tokens). The consent page agrees at once.</summary>
internal static class AuthorizationServerEndpoints
{
    public static IEndpointRouteBuilder MapAuthorizationServer(this IEndpointRouteBuilder app, SimulatedJira jira)
    {
        app.MapGet("/authorize", (HttpRequest request) => Authorize(request, jira));
        app.MapPost("/oauth/token", (HttpContext context, HttpRequest _) =>
            JiraSimulatorEndpoints.WithFaultsAsync(context, jira, null, "/oauth/token", () => TokenAsync(context, jira)));
        app.MapGet("/oauth/token/accessible-resources", (HttpRequest request) => Resources(request, jira));
        return app;
    }

    private static IResult Authorize(HttpRequest request, SimulatedJira jira)
    {
        string Value(string name) => request.Query[name].ToString();
        var client = Value("client_id");
        if (Value("audience") != "api.atlassian.com" || Value("response_type") != "code" || Value("prompt") != "consent") return Results.Text("The parameters are not those that Atlassian requires.", statusCode: 400);
        if (!jira.Sites.Any(site => site.Options.Auth is SimulatedAuth.OAuth && site.Options.ClientId == client)) return Results.Text("Unknown app.", statusCode: 400);
        var scopes = Value("scope").Split(' ');
        if (!scopes.Contains("offline_access")) return Results.Text("Without offline_access there is no refresh token.", statusCode: 400);

        var code = jira.OAuth.IssueCode(client, Value("redirect_uri"), scopes);
        return Results.Redirect($"{Value("redirect_uri")}?code={code}&state={Uri.EscapeDataString(Value("state"))}");
    }

    private static async Task<IResult> TokenAsync(HttpContext context, SimulatedJira jira)
    {
        if (jira.Faults.RefuseTokens) return Answers.Json(new { error = "temporarily_unavailable" }, 503);

        TokenRequest body;
        try
        {
            body = await Requests.BodyAsync<TokenRequest>(context);
        }
        catch (RequestException refused)
        {
            return Answers.Json(new { error = "invalid_request", error_description = refused.Message }, 400);
        }

        var client = body.ClientId ?? "";
        if (!jira.Sites.Any(site => site.Options.ClientId == client && site.Options.Secret == body.ClientSecret))
        {
            return Answers.Json(new { error = "access_denied", error_description = "Unauthorized" }, 401);
        }

        var tokens = body.GrantType switch
        {
            "refresh_token" => jira.OAuth.Rotate(client, body.RefreshToken ?? ""),
            "authorization_code" => jira.OAuth.Exchange(client, body.Code ?? "", body.RedirectUri),
            _ => null,
        };
        return tokens is { } pair
            ? Answers.Json(new
            {
                access_token = pair.Access,
                refresh_token = pair.Refresh,
                expires_in = (int)jira.OAuth.AccessLifetime.TotalSeconds,
                token_type = "Bearer",
                scope = string.Join(' ', jira.OAuth.ScopesOf(pair.Access)),
            })
            : Answers.Json(new { error = "invalid_grant", error_description = "Unknown or invalid refresh token." }, 403);
    }

    private static IResult Resources(HttpRequest request, SimulatedJira jira)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.Ordinal) && jira.OAuth.ClientOf(header[7..]) is { } client
            ? Answers.Json(jira.Visible
                .Where(site => site.Options.Auth is SimulatedAuth.OAuth && site.Options.ClientId == client)
                .Select(site => new { id = site.Options.CloudId, name = site.Options.Slug, url = site.Options.Url, scopes = jira.OAuth.ScopesOf(header[7..]) }))
            : Answers.Unauthorized("Unauthorized");
    }
}
