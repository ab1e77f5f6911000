using JiraWebhooks.Sites;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace JiraWebhooks.Deliveries;

/// <summary>Checks a delivery by the scheme of its site, which is a setting and never the sender's choice (decision 3, rule 18).</summary>
internal static class DeliveryVerifier
{
    private const string HubSignature = "X-Hub-Signature";

    // Nobody knows this key. It stands in where there is no such site, so that the answer takes as long as for a real one.
    private static readonly SiteSecret Nobodys = SiteSecret.From(Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N"))!;

    /// <summary>Verifies <paramref name="body"/> as it came over the wire. The site must have a secret.</summary>
    public static Verification Verify(HttpRequest request, ReadOnlySpan<byte> body, Site site, Uri publicBaseUrl, DateTimeOffset now) => site.Scheme switch
    {
        SiteScheme.AdminWebhook => HubSignatureVerifier.Verify(request.Headers[HubSignature], body, site.Secret!, site.PreviousSecret),
        SiteScheme.OAuth => VerifyToken(Token(request.Headers.Authorization, "Bearer "), site, JwtRules.OAuth(site), now),
        _ => VerifyToken(ConnectToken.Of(request), site, JwtRules.Connect(site, ConnectToken.QueryHash(request, site, publicBaseUrl)), now),
    };

    /// <summary>Does the work of a check and refuses.</summary>
    public static Verification VerifyNobody(HttpRequest request, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (request.Headers.TryGetValue(HubSignature, out var signature))
        {
            HubSignatureVerifier.Verify(signature, body, Nobodys, null);
            return Verification.UnknownSite;
        }

        var bearer = Token(request.Headers.Authorization, "Bearer ");
        JwtVerifier.Verify(bearer.IsEmpty ? ConnectToken.Of(request) : bearer, Nobodys, null, default, now);
        return Verification.UnknownSite;
    }

    private static Verification VerifyToken(ReadOnlySpan<char> token, Site site, in JwtRules rules, DateTimeOffset now) =>
        token.IsEmpty ? Verification.NoCredential : JwtVerifier.Verify(token, site.Secret!, site.PreviousSecret, rules, now);

    /// <summary>The token behind <paramref name="scheme"/>; nothing when the header is missing, repeated or of another scheme.</summary>
    internal static ReadOnlySpan<char> Token(StringValues header, string scheme) =>
        header.Count == 1 && header[0] is { } value && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? value.AsSpan(scheme.Length).Trim(' ')
            : default;
}
