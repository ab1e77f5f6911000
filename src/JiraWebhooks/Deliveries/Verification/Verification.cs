namespace JiraWebhooks.Deliveries;

/// <summary>Result of the verification. Only the metrics and logs show the kind of refusal: every sender gets the same 401.</summary>
internal enum Verification
{
    /// <summary>Signed by this site, now.</summary>
    Authentic,

    /// <summary>No such site.</summary>
    UnknownSite,

    /// <summary>No such site, but a secret of this app made the signature: the row of a site was lost.</summary>
    MissingSite,

    /// <summary>No credential of the site's scheme, or more than one.</summary>
    NoCredential,

    /// <summary>The credential does not have the form that the scheme requires.</summary>
    Malformed,

    /// <summary>Neither secret made this signature.</summary>
    BadSignature,

    /// <summary>Signed, but a claim is missing or wrong.</summary>
    BadClaims,

    /// <summary>Signed, but for another site.</summary>
    OtherSite,

    /// <summary>Signed and valid in everything but its times, which are at most a day on the wrong side of our clock: the clock may be wrong, or this
    /// is a retry with its first token.</summary>
    WrongTimes,

    /// <summary>Signed and valid in everything else, but expired for more than a day.</summary>
    Expired,

    /// <summary>Signed and valid in everything else, but not valid for another day or more.</summary>
    NotYetValid,
}

/// <summary>What metrics and logs need to know about a result.</summary>
internal static class VerificationExtensions
{
    /// <summary>True if a secret of the site made the signature, even if something else is invalid.</summary>
    public static bool IsSigned(this Verification verification) =>
        verification is Verification.Authentic or Verification.MissingSite or Verification.BadClaims or Verification.OtherSite
            or Verification.WrongTimes or Verification.Expired or Verification.NotYetValid;

    public static OutcomeReason Reason(this Verification verification) => verification switch
    {
        Verification.UnknownSite => OutcomeReason.UnknownSite,
        Verification.MissingSite => OutcomeReason.SiteMissing,
        Verification.NoCredential => OutcomeReason.NoCredential,
        Verification.Malformed => OutcomeReason.Malformed,
        Verification.BadSignature => OutcomeReason.BadSignature,
        Verification.BadClaims => OutcomeReason.BadClaims,
        Verification.OtherSite => OutcomeReason.OtherSite,
        Verification.WrongTimes => OutcomeReason.TokenTimes,
        Verification.Expired => OutcomeReason.Expired,
        Verification.NotYetValid => OutcomeReason.NotYetValid,
        _ => OutcomeReason.Accepted,
    };
}
