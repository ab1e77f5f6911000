using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace JiraWebhooks.Sites.OAuth;

/// <summary>Atlassian's authorization server
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/"/>). Errors carry its status and error code, and no token.</summary>
public sealed class OAuthGrantClient(IHttpClientFactory http, JiraWebhooksOptions options, TimeProvider clock)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string ClientName = "atlassian-auth";

    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    private readonly string _auth = options.AtlassianAuthUrl.AbsoluteUri.TrimEnd('/');
    private readonly string _api = options.AtlassianApiUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>Spends <paramref name="refreshToken"/> for a new pair. An answer without a refresh token keeps the old one (rule 28).</summary>
    /// <exception cref="GrantRefusedException">The grant is dead.</exception>
    /// <exception cref="HttpRequestException">Anything else: it may work later.</exception>
    public Task<OAuthGrant> RefreshAsync(Site site, string refreshToken, CancellationToken cancellationToken) =>
        AskAsync(new TokenRequest("refresh_token", site.ClientId!, site.Secret!.Reveal()) { RefreshToken = refreshToken }, refreshToken, cancellationToken);

    /// <summary>Exchanges the code of a consent for the first pair.</summary>
    /// <exception cref="GrantRefusedException">The code is unknown, used or too old, or there was no scope <c>offline_access</c>.</exception>
    /// <exception cref="HttpRequestException">Anything else.</exception>
    public Task<OAuthGrant> ExchangeAsync(string clientId, SiteSecret secret, string code, Uri redirectUri, CancellationToken cancellationToken) =>
        AskAsync(new TokenRequest("authorization_code", clientId, secret.Reveal()) { Code = code, RedirectUri = redirectUri }, null, cancellationToken);

    /// <summary>The sites a grant covers.</summary>
    public async Task<IReadOnlyList<AccessibleResource>> AccessibleResourcesAsync(string accessToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_api}/oauth/token/accessible-resources");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var response = await http.CreateClient(ClientName).SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode) throw Failure(response.StatusCode, null);

        return await response.Content.ReadFromJsonAsync(OAuthJsonContext.Default.IReadOnlyListAccessibleResource, cancellationToken) ?? [];
    }

    private async Task<OAuthGrant> AskAsync(TokenRequest request, string? oldRefreshToken, CancellationToken cancellationToken)
    {
        // With its length, and not in chunks.
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, OAuthJsonContext.Default.TokenRequest));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.CreateClient(ClientName).PostAsync($"{_auth}/oauth/token", content, cancellationToken);
        var answer = await ReadAsync(response, cancellationToken);
        if (answer?.Error is "invalid_grant" or "unauthorized_client") throw new GrantRefusedException(answer.Error);
        if (!response.IsSuccessStatusCode || answer?.AccessToken is null) throw Failure(response.StatusCode, answer?.Error);

        return new OAuthGrant
        {
            RefreshToken = answer.RefreshToken ?? oldRefreshToken ?? throw new GrantRefusedException("no refresh token: is the scope offline_access missing?"),
            AccessToken = answer.AccessToken,
            AccessTokenExpiresAt = clock.GetUtcNow() + (answer.ExpiresIn is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : DefaultLifetime),
        };
    }

    private static async Task<TokenAnswer?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(OAuthJsonContext.Default.TokenAnswer, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static HttpRequestException Failure(HttpStatusCode status, string? code) =>
        new($"Atlassian's authorization server answered {(int)status}{(code is { Length: < 64 } ? $" ({code})" : "")}.", null, status);
}

/// <summary>Atlassian says that a grant or code is no longer good.</summary>
/// <param name="code">Its error code.</param>
public sealed class GrantRefusedException(string code) : Exception($"Atlassian refused the grant: {code}.");

/// <summary>One site that a grant covers.</summary>
/// <param name="Id">The cloud id.</param>
/// <param name="Name">The site's name.</param>
/// <param name="Url">The site's address.</param>
/// <param name="Scopes">What was granted there.</param>
public sealed record AccessibleResource(string Id, string Name, Uri Url, IReadOnlyList<string>? Scopes);

internal sealed record TokenRequest(string GrantType, string ClientId, string ClientSecret)
{
    public string? RefreshToken { get; init; }

    public string? Code { get; init; }

    public Uri? RedirectUri { get; init; }

    public override string ToString() => GrantType;
}

internal sealed record TokenAnswer(string? AccessToken, string? RefreshToken, double? ExpiresIn, string? Error)
{
    public override string ToString() => Error ?? "tokens";
}
