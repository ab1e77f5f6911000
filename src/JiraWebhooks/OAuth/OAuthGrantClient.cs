using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;

namespace JiraWebhooks.OAuth;

/// <summary>Calls Atlassian's authorization server. One attempt per call: the caller handles lease, store and retries.
/// Errors carry the status and Atlassian's error code, and nothing else of the response.</summary>
public sealed partial class OAuthGrantClient(IHttpClientFactory http, JiraWebhooksOptions options, TimeProvider clock)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string ClientName = "atlassian-auth";

    /// <summary>Longest wait for a response; much shorter than the lease under which a refresh runs.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // The lifetime that Atlassian documents, for a response without one.
    private static readonly TimeSpan UsualLifetime = TimeSpan.FromHours(1);

    private readonly Uri _tokenUrl = new($"{options.AtlassianAuthUrl.AbsoluteUri.TrimEnd('/')}/oauth/token");
    private readonly Uri _resourcesUrl = new($"{options.AtlassianApiUrl.AbsoluteUri.TrimEnd('/')}/oauth/token/accessible-resources");

    /// <summary>Exchanges <paramref name="refreshToken"/> for a new pair of tokens. The grant keeps it if the response has no new one.</summary>
    /// <exception cref="GrantRefusedException">The refresh token is dead.</exception>
    /// <exception cref="HttpRequestException">Transient: broken connection, any other status, or an unreadable response.</exception>
    /// <exception cref="TimeoutException">Transient: no response in time.</exception>
    public Task<OAuthGrant> RefreshAsync(Site site, string refreshToken, CancellationToken cancellationToken)
    {
        var request = new TokenRequest
        {
            GrantType = "refresh_token",
            ClientId = site.ClientId ?? "",
            ClientSecret = site.Secret?.Reveal() ?? "",
            RefreshToken = refreshToken,
        };
        return TokenAsync(request, cancellationToken);
    }

    /// <summary>Exchanges the code that the consent sent to <paramref name="redirectUri"/> for a grant.</summary>
    /// <exception cref="GrantRefusedException">The code is used, expired or belongs to another app.</exception>
    /// <exception cref="HttpRequestException">Transient, or consent without <c>offline_access</c>.</exception>
    /// <exception cref="TimeoutException">Transient: no response in time.</exception>
    public Task<OAuthGrant> ExchangeAsync(string clientId, string secret, string code, Uri redirectUri, CancellationToken cancellationToken)
    {
        var request = new TokenRequest
        {
            GrantType = "authorization_code",
            ClientId = clientId,
            ClientSecret = secret,
            Code = code,
            RedirectUri = redirectUri.OriginalString,
        };
        return TokenAsync(request, cancellationToken);
    }

    /// <summary>Returns the tenants that <paramref name="accessToken"/> reaches.</summary>
    /// <exception cref="HttpRequestException">Any status but 2xx, or an unreadable response.</exception>
    /// <exception cref="TimeoutException">No response in time.</exception>
    public async Task<IReadOnlyList<AccessibleResource>> AccessibleResourcesAsync(string accessToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _resourcesUrl);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        request.Headers.Accept.ParseAdd("application/json");
        var (status, resources) = await SendAsync(request, OAuthJsonContext.Default.ListAccessibleResource, cancellationToken);
        if (status is >= 200 and < 300 && resources is not null) return resources;

        var detail = status is >= 200 and < 300 ? " with something else than a list of sites" : "";
        throw new HttpRequestException($"The list of accessible resources was answered {status}{detail}.", null, (System.Net.HttpStatusCode)status);
    }

    private async Task<OAuthGrant> TokenAsync(TokenRequest body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _tokenUrl)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, OAuthJsonContext.Default.TokenRequest)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Accept.ParseAdd("application/json");
        var askedAt = clock.GetUtcNow();
        var (status, answer) = await SendAsync(request, OAuthJsonContext.Default.TokenAnswer, cancellationToken);

        var good = status is >= 200 and < 300;
        if (good && answer is { AccessToken: { } token } && AccessToken().IsMatch(token))
        {
            // Atlassian sometimes omits the refresh token: the old one stays valid (docs/jira-behaviour.md#oauth-tokens).
            var refreshToken = string.IsNullOrEmpty(answer.RefreshToken) ? body.RefreshToken : answer.RefreshToken;
            return new OAuthGrant
            {
                ClientId = body.ClientId,
                RefreshToken = refreshToken ?? throw new HttpRequestException("The answer has no refresh token: is offline_access among the scopes?"),
                AccessToken = token,
                AccessTokenExpiresAt = askedAt + (answer.ExpiresIn is > 0 and < 1e8 ? TimeSpan.FromSeconds(answer.ExpiresIn.Value) : UsualLifetime),
            };
        }

        var error = answer?.Error is { } code && ErrorCode().IsMatch(code) ? code : null;
        if (status is 400 or 403 && error is "invalid_grant" or "unauthorized_client") throw new GrantRefusedException(status, error);

        var detail = good ? " without a usable access token" : error is null ? "" : $" {error}";
        throw new HttpRequestException($"The authorization server answered {status}{detail}.", null, (System.Net.HttpStatusCode)status);
    }

    private async Task<(int Status, T? Answer)> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var client = http.CreateClient(ClientName);
            using var response = await client.SendAsync(request, either.Token);

            // The whole response has arrived, and it is the only copy of the token: no cancellation, for example after a frozen process resumes.
            var json = await response.Content.ReadAsByteArrayAsync(CancellationToken.None);
            return ((int)response.StatusCode, Read(json, type));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{request.RequestUri!.Host} did not answer within {Timeout.TotalSeconds:0} s.");
        }
    }

    private static T? Read<T>(byte[] json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null; // for example a proxy's page; the status is enough
        }
    }

    // A header must be able to carry it (https://www.rfc-editor.org/rfc/rfc6749#appendix-A.12); a space or a line break would throw in every call.
    [GeneratedRegex("^[!-~]+\\z")]
    private static partial Regex AccessToken();

    [GeneratedRegex("^[a-z_]{1,40}\\z")]
    private static partial Regex ErrorCode();
}
