using System.Net;
using System.Net.Http.Headers;
using System.Text;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Jira;

/// <summary>Sets the URL and the credential of the site on a request (docs/architecture.md#one-http-client). It runs inside the retries, so that each
/// attempt has its own token (docs/jira-behaviour.md#connect-calls).</summary>
internal sealed class SiteHandler(IAccessTokenSource tokens, TimeProvider clock) : DelegatingHandler
{
    private const int MostErrorBytes = 16 * 1024;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private static readonly HttpRequestOptionsKey<Site> SiteKey = new(SiteRequest.Key);
    private static readonly HttpRequestOptionsKey<string> PathKey = new("JiraWebhooks.Path");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(SiteKey, out var site)) throw new InvalidOperationException("The request does not say which site it is for.");

        // On a retry the request already has the URL that the first attempt wrote.
        if (!request.Options.TryGetValue(PathKey, out var path)) request.Options.Set(PathKey, path = request.RequestUri!.PathAndQuery);
        request.RequestUri = new Uri(site.ApiUrl.AbsoluteUri.TrimEnd('/') + path);

        return site.Scheme switch
        {
            SiteScheme.OAuth => await SendWithBearerAsync(request, site, cancellationToken),
            SiteScheme.Connect => await SendAsync(request, new("JWT", ConnectTokenWriter.Write(site, request.Method, request.RequestUri, clock.GetUtcNow())), cancellationToken),
            _ => await SendAsync(request, Basic(site), cancellationToken),
        };
    }

    private async Task<HttpResponseMessage> SendWithBearerAsync(HttpRequestMessage request, Site site, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAccessTokenAsync(site, null, cancellationToken);
        var response = await SendAsync(request, new("Bearer", token), cancellationToken);
        if (response.StatusCode is not HttpStatusCode.Unauthorized) return response;

        // A new token has the same scopes as this one. Each rotation costs a refresh token, and a run would rotate again.
        if (await LacksScopeAsync(response, cancellationToken)) return response;

        // The token may have been revoked, or replaced by another instance: retry once with a new one (docs/jira-behaviour.md#oauth-tokens).
        response.Dispose();
        token = await tokens.GetAccessTokenAsync(site, token, cancellationToken);
        return await SendAsync(request, new("Bearer", token), cancellationToken);
    }

    // Jira answers {"code":401,"message":"Unauthorized; scope does not match"}.
    private static async Task<bool> LacksScopeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength is > MostErrorBytes) return false;

        try
        {
            await response.Content.LoadIntoBufferAsync(MostErrorBytes, cancellationToken);
            return (await response.Content.ReadAsStringAsync(cancellationToken)).Contains("scope does not match", StringComparison.OrdinalIgnoreCase);
        }
        catch (HttpRequestException)
        {
            return false; // too long, or broken off
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, AuthenticationHeaderValue credential, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = credential;
        var response = await base.SendAsync(request, cancellationToken);
        var content = new StreamContent(new IdleLimitStream(await response.Content.ReadAsStreamAsync(cancellationToken), LongestPause, clock));
        foreach (var (name, values) in response.Content.Headers) content.Headers.TryAddWithoutValidation(name, values);
        response.Content = content;
        return response;
    }

    private static AuthenticationHeaderValue Basic(Site site) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{site.UserName}:{site.ApiToken?.Reveal()}")));
}
