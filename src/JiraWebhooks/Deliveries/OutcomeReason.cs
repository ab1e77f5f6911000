namespace JiraWebhooks.Deliveries;

/// <summary>Why a delivery ended as it did. Metrics and logs show it; a caller never sees it.</summary>
internal enum OutcomeReason
{
    /// <summary>The delivery is published.</summary>
    Accepted,

    /// <summary>The sites cannot be read.</summary>
    SiteStore,

    /// <summary>The settings of the site are invalid.</summary>
    SiteSettings,

    /// <summary>A secret is an unresolved Key Vault reference, and those that are known do not verify the delivery.</summary>
    SecretUnresolved,

    /// <summary>A site of this app without a row in the table.</summary>
    SiteMissing,

    /// <summary>A recently erased site.</summary>
    SiteErased,

    /// <summary>The body has an encoding that Jira never uses.</summary>
    ContentEncoding,

    /// <summary>The body is larger than any that Jira sends.</summary>
    BodyTooLarge,

    /// <summary>The caller's body is incomplete or violates HTTP.</summary>
    BrokenBody,

    /// <summary>The caller did not send the body in time.</summary>
    SlowBody,

    /// <summary>The caller closed the connection.</summary>
    ClientLeft,

    /// <summary>Large bodies use all the memory reserved for them.</summary>
    NoRoom,

    /// <summary>The time budget of a delivery was used up on our side.</summary>
    Budget,

    /// <summary>An error in our code.</summary>
    Internal,

    /// <summary>The publisher did not take the message.</summary>
    Publisher,

    /// <summary><see cref="Verification.UnknownSite"/></summary>
    UnknownSite,

    /// <summary><see cref="Verification.NoCredential"/></summary>
    NoCredential,

    /// <summary><see cref="Verification.Malformed"/></summary>
    Malformed,

    /// <summary><see cref="Verification.BadSignature"/></summary>
    BadSignature,

    /// <summary><see cref="Verification.BadClaims"/></summary>
    BadClaims,

    /// <summary><see cref="Verification.OtherSite"/></summary>
    OtherSite,

    /// <summary><see cref="Verification.WrongTimes"/></summary>
    TokenTimes,

    /// <summary><see cref="Verification.Expired"/></summary>
    Expired,

    /// <summary><see cref="Verification.NotYetValid"/></summary>
    NotYetValid,
}

/// <summary>The names of the reasons in metrics and logs.</summary>
internal static class OutcomeReasonExtensions
{
    /// <summary>Returns the value of the tag <c>reason</c>. Alerts and docs/operate.md use these names.</summary>
    public static string Tag(this OutcomeReason reason) => reason switch
    {
        OutcomeReason.Accepted => "accepted",
        OutcomeReason.SiteStore => "site_store",
        OutcomeReason.SiteSettings => "site_settings",
        OutcomeReason.SecretUnresolved => "secret_unresolved",
        OutcomeReason.SiteMissing => "site_missing",
        OutcomeReason.SiteErased => "site_erased",
        OutcomeReason.ContentEncoding => "content_encoding",
        OutcomeReason.BodyTooLarge => "body_too_large",
        OutcomeReason.BrokenBody => "body",
        OutcomeReason.SlowBody => "slow_body",
        OutcomeReason.ClientLeft => "client_left",
        OutcomeReason.NoRoom => "no_room",
        OutcomeReason.Budget => "budget",
        OutcomeReason.Internal => "internal",
        OutcomeReason.Publisher => "publisher",
        OutcomeReason.UnknownSite => "unknown_site",
        OutcomeReason.NoCredential => "no_credential",
        OutcomeReason.Malformed => "malformed",
        OutcomeReason.BadSignature => "bad_signature",
        OutcomeReason.BadClaims => "bad_claims",
        OutcomeReason.OtherSite => "other_site",
        OutcomeReason.TokenTimes => "token_times",
        OutcomeReason.Expired => "expired",
        OutcomeReason.NotYetValid => "not_yet_valid",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "This reason has no name."),
    };
}
