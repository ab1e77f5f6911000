using System.Security.Cryptography;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace JiraWebhooks.Deliveries;

/// <summary>Verifies a delivery by the scheme of its site, which is a setting and never the sender's choice (docs/architecture.md#verify-first,
/// docs/jira-behaviour.md#verify-raw-body).</summary>
internal static class DeliveryVerifier
{
    private const string HubSignature = "X-Hub-Signature";

    // No sender knows this key. It is used if neither the site nor an app in the settings exists, so that the answer takes as long as for an existing site.
    private static readonly SiteSecret Dummy = SiteSecret.From(Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N"))!;

    /// <summary>The result of the headers alone, for <paramref name="site"/> or for no site; null if the scheme signs the body. A site
    /// must have a secret. For no site, the secrets of the app in the settings are tried: they show that the row of a site was lost, or
    /// that this cannot be told (<see cref="Verification.BadSignature"/>).
    /// <paramref name="wrong"/> are the token's times, with <see cref="Verification.WrongTimes"/> alone.</summary>
    public static Verification? VerifyHead(HttpRequest request, Site? site, JiraWebhooksOptions options, DateTimeOffset now, out TokenTimes? wrong)
    {
        wrong = null;
        return site?.Scheme switch
        {
            null => VerifyApp(request, options, now),
            SiteScheme.AdminWebhook => HubSignatureVerifier.Check(request.Headers[HubSignature]),
            SiteScheme.OAuth => VerifyToken(Token(request.Headers.Authorization, "Bearer "), site, JwtRules.OAuth(site), now, out wrong),
            _ => VerifyToken(ConnectToken.Of(request), site, JwtRules.Connect(site, ConnectToken.QueryHash(request, site, options.PublicBaseUrl)), now, out wrong),
        };
    }

    /// <summary>The hash to append the body to. If the scheme of the site does not sign the body, the hash is computed but not used, so that the
    /// response time is the same. Null if the request has no signature of its body.</summary>
    public static IncrementalHash? BeginBody(HttpRequest request, Site? asks) => HubSignatureVerifier.Begin(request.Headers[HubSignature], asks?.Secret ?? Dummy);

    /// <summary>Verifies <paramref name="body"/> as received, for a site whose scheme signs the body.</summary>
    public static Verification VerifyBody(HttpRequest request, IncrementalHash hash, ReadOnlySpan<byte> body, Site site) =>
        HubSignatureVerifier.End(hash, request.Headers[HubSignature], body, site.Secret!, site.PreviousSecret);

    /// <summary>Ends a hash whose result is not used.</summary>
    public static void VerifyNothing(HttpRequest request, IncrementalHash hash) => HubSignatureVerifier.End(hash, request.Headers[HubSignature], default, Dummy, null);

    /// <summary>True when the request has a signature of its body, even if the scheme does not need it.</summary>
    public static bool HasBodySignature(HttpRequest request) => HubSignatureVerifier.Check(request.Headers[HubSignature]) is null;

    private static Verification VerifyApp(HttpRequest request, JiraWebhooksOptions options, DateTimeOffset now)
    {
        var bearer = Token(request.Headers.Authorization, "Bearer ");
        var token = bearer.IsEmpty ? ConnectToken.Of(request) : bearer;
        var verification = JwtVerifier.Verify(token, options.OAuthClientSecret ?? Dummy, options.OAuthPreviousClientSecret, JwtRules.OfTheApp, now, out _);
        if (bearer.IsEmpty) return Verification.UnknownSite;

        // A secret that is not known now may have made the signature.
        if (verification is Verification.BadSignature && options.LacksClientSecret) return verification;

        return verification is Verification.Authentic or Verification.WrongTimes ? Verification.MissingSite : Verification.UnknownSite;
    }

    private static Verification VerifyToken(ReadOnlySpan<char> token, Site site, in JwtRules rules, DateTimeOffset now, out TokenTimes? wrong)
    {
        wrong = null;
        return token.IsEmpty ? Verification.NoCredential : JwtVerifier.Verify(token, site.Secret!, site.PreviousSecret, rules, now, out wrong);
    }

    /// <summary>The token behind <paramref name="scheme"/>; empty if the header is missing, repeated or of another scheme.</summary>
    internal static ReadOnlySpan<char> Token(StringValues header, string scheme) =>
        header.Count == 1 && header[0] is { } value && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? value.AsSpan(scheme.Length).Trim(' ')
            : default;
}
