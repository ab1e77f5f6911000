namespace JiraWebhooks.Deliveries;

/// <summary>What the signature check says. Only the metrics and logs know which refusal it was: every sender gets the same 401.</summary>
internal enum Verification
{
    /// <summary>Signed by this site, now.</summary>
    Authentic,

    /// <summary>No such site.</summary>
    UnknownSite,

    /// <summary>No such site, and a secret of this app made the signature: the row of a site was lost.</summary>
    MissingSite,

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

    /// <summary>Signed and right in everything but its times, which are at most a day on the wrong side of our clock: it may be the clock that
    /// is wrong, or a retry that carries its first token.</summary>
    WrongTimes,

    /// <summary>Signed and right in everything, but expired for more than a day.</summary>
    Expired,

    /// <summary>Signed and right in everything, but not valid for another day and more.</summary>
    NotYetValid,
}

/// <summary>What metrics and logs ask.</summary>
internal static class VerificationExtensions
{
    /// <summary>True where a secret of the site made the signature, whatever else is wrong.</summary>
    public static bool IsSigned(this Verification verification) =>
        verification is Verification.Authentic or Verification.MissingSite or Verification.BadClaims or Verification.OtherSite or Verification.WrongTimes or Verification.Expired or Verification.NotYetValid;

    public static string Reason(this Verification verification) => verification switch
    {
        Verification.UnknownSite => "unknown_site",
        Verification.MissingSite => OutcomeReason.SiteMissing,
        Verification.NoCredential => "no_credential",
        Verification.Malformed => "malformed",
        Verification.BadSignature => "bad_signature",
        Verification.BadClaims => "bad_claims",
        Verification.OtherSite => "other_site",
        Verification.WrongTimes => "token_times",
        Verification.Expired => "expired",
        Verification.NotYetValid => "not_yet_valid",
        _ => "authentic",
    };
}
