using System.Runtime.CompilerServices;
using JiraWebhooks.Jira;
using JiraWebhooks.Sites;
using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Deliveries;

/// <summary>What Connect signs: a token in <c>Authorization: JWT</c> or <c>?jwt=</c>, bound by its <c>qsh</c> to the request.</summary>
internal static class ConnectToken
{
    private static readonly ConditionalWeakTable<Site, KnownPath> Known = [];

    /// <summary>The token; empty if there is none, or more than one in the query.</summary>
    public static ReadOnlySpan<char> Of(HttpRequest request)
    {
        if (request.Headers.Authorization.Count > 0) return DeliveryVerifier.Token(request.Headers.Authorization, "JWT ");

        return request.QueryString.HasValue && request.Query["jwt"] is [{ } token] ? token : default;
    }

    /// <summary>The <c>qsh</c> that a token for <paramref name="request"/> must carry, its path counted from <paramref name="publicBaseUrl"/>.</summary>
    public static string QueryHash(HttpRequest request, Site site, Uri publicBaseUrl)
    {
        // Without PathBase: on the Functions worker any sender sets it, with X-Forwarded-Prefix.
        var path = request.Path.ToUriComponent();
        if (request.QueryString.HasValue) return QueryStringHash.Compute(request.Method, path, request.QueryString.Value, publicBaseUrl.AbsolutePath);

        // All deliveries of a site use one path without a query, so the last hash nearly always fits the next request.
        if (Known.TryGetValue(site, out var known) && known.Path == path && known.BaseUrl == publicBaseUrl && known.Method == request.Method) return known.Hash;

        known = new KnownPath(publicBaseUrl, request.Method, path, QueryStringHash.Compute(request.Method, path, null, publicBaseUrl.AbsolutePath));
        Known.AddOrUpdate(site, known);
        return known.Hash;
    }

    private sealed record KnownPath(Uri BaseUrl, string Method, string Path, string Hash);
}
