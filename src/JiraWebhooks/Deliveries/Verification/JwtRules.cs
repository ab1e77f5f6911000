using JiraWebhooks.Sites;

namespace JiraWebhooks.Deliveries;

/// <summary>What a site's tokens must contain (docs/jira-behaviour.md#verify-raw-body). Atlassian documents no claims of its OAuth webhooks. So only
/// claims that were observed are checked there, and only <c>exp</c> is required.</summary>
internal readonly record struct JwtRules
{
    /// <summary>How far the clocks may differ, in both directions, without an error.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(120);

    /// <summary>Expected <c>iss</c>: the client id, or the tenant's clientKey; null if any value is accepted.</summary>
    public string? Issuer { get; private init; }

    /// <summary>Expected <c>context.cloudId</c>; a grant covers several sites with one secret, and this claim distinguishes them. Null if any value
    /// is accepted.</summary>
    public string? CloudId { get; private init; }

    /// <summary>Expected <c>qsh</c>; null if the scheme has none.</summary>
    public string? QueryHash { get; private init; }

    /// <summary>OAuth 2.0 (3LO) deliveries.</summary>
    /// <remarks>While a site changes to another app, deliveries of both apps arrive: only the secrets distinguish ours from others.</remarks>
    public static JwtRules OAuth(Site site) => new() { Issuer = site.FormerClientId is null ? site.ClientId : null, CloudId = site.CloudId };

    /// <summary>Deliveries of any site that was connected with the app in the settings.</summary>
    public static JwtRules OfTheApp => default;

    /// <summary>Connect deliveries (<see href="https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/"/>).</summary>
    public static JwtRules Connect(Site site, string queryHash) => new() { Issuer = site.ClientKey, QueryHash = queryHash };

    /// <summary>The result. Times are checked last: <paramref name="wrong"/> and <see cref="Verification.WrongTimes"/> are for a token that is valid
    /// in everything else, because then our clock may be wrong.</summary>
    public Verification Judge(in JwtClaims claims, DateTimeOffset now, out TokenTimes? wrong)
    {
        wrong = null;
        var isConnect = QueryHash is not null;
        if (claims.Expires is not { } expires) return Verification.BadClaims;
        if ((claims.Issuer is ClaimMatch.Other && (isConnect || Issuer is not null)) || (isConnect && claims.Issuer is ClaimMatch.Absent)) return Verification.BadClaims;
        if (isConnect && (claims.QueryHash is not ClaimMatch.Same || claims.IssuedAt is null)) return Verification.BadClaims;
        if (!isConnect && CloudId is not null && claims.CloudId is ClaimMatch.Other) return Verification.OtherSite;

        var seconds = now.ToUnixTimeMilliseconds() / 1000.0;
        var late = seconds - expires;
        var early = Math.Max(claims.IssuedAt ?? double.MinValue, claims.NotBefore ?? double.MinValue) - seconds;
        if (late < Leeway.TotalSeconds && early <= Leeway.TotalSeconds) return Verification.Authentic;
        if (late > TokenTimes.Tolerance.TotalSeconds) return Verification.Expired;
        if (early > TokenTimes.Tolerance.TotalSeconds) return Verification.NotYetValid;

        wrong = new TokenTimes(expires, claims.IssuedAt, claims.NotBefore, now);
        return Verification.WrongTimes;
    }
}
