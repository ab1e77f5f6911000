namespace JiraWebhooks.Deliveries;

/// <summary>Reasons used by more than one class. The reasons of <see cref="Verification"/> are defined there.</summary>
internal static class OutcomeReason
{
    /// <summary>The time budget of a delivery was used up on our side.</summary>
    public const string Budget = "budget";

    /// <summary>The settings of the site are invalid.</summary>
    public const string SiteSettings = "site_settings";

    /// <summary>A site of this app without a row in the table.</summary>
    public const string SiteMissing = "site_missing";

    /// <summary>A recently erased site.</summary>
    public const string SiteErased = "site_erased";

    /// <summary>Large bodies use all the memory reserved for them.</summary>
    public const string NoRoom = "no_room";

    /// <summary>The caller closed the connection.</summary>
    public const string ClientLeft = "client_left";

    /// <summary>The caller did not send the body in time.</summary>
    public const string SlowBody = "slow_body";

    /// <summary>The caller's body is incomplete or violates HTTP.</summary>
    public const string BrokenBody = "body";
}
