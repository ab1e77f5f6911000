namespace JiraWebhooks.Deliveries;

/// <summary>What the signature check says. Only the metrics and logs know which refusal it was: every sender gets the same 401.</summary>
internal enum Verification
{
    /// <summary>Signed by this site, now.</summary>
    Authentic,

    /// <summary>No such site.</summary>
    UnknownSite,

    /// <summary>No credential of the site's scheme, or more than one.</summary>
    NoCredential,

    /// <summary>The credential is not of the form the scheme asks for.</summary>
    Malformed,

    /// <summary>Neither secret made this signature.</summary>
    BadSignature,

    /// <summary>Signed, but a claim is missing or wrong.</summary>
    BadClaims,

    /// <summary>Signed, but for another site.</summary>
    OtherSite,

    /// <summary>Signed and right in everything, but no longer valid.</summary>
    Expired,
}

/// <summary>What metrics and logs ask.</summary>
internal static class VerificationExtensions
{
    /// <summary>True where a secret of the site made the signature, whatever else is wrong.</summary>
    public static bool IsSigned(this Verification verification) =>
        verification is Verification.Authentic or Verification.BadClaims or Verification.OtherSite or Verification.Expired;

    public static string Reason(this Verification verification) => verification switch
    {
        Verification.UnknownSite => "unknown_site",
        Verification.NoCredential => "no_credential",
        Verification.Malformed => "malformed",
        Verification.BadSignature => "bad_signature",
        Verification.BadClaims => "bad_claims",
        Verification.OtherSite => "other_site",
        Verification.Expired => "expired",
        _ => "authentic",
    };
}
