namespace JiraWebhooks.Deliveries;

/// <summary>Reasons that more than one class knows. Those of <see cref="Verification"/> are named there.</summary>
internal static class OutcomeReason
{
    /// <summary>The time for a delivery was used up on our side.</summary>
    public const string Budget = "budget";

    /// <summary>The settings of the site are wrong.</summary>
    public const string SiteSettings = "site_settings";

    /// <summary>A site of this app that the table has no row for.</summary>
    public const string SiteMissing = "site_missing";

    /// <summary>A site that was erased lately.</summary>
    public const string SiteErased = "site_erased";

    /// <summary>Large bodies use all the memory that there is for them.</summary>
    public const string NoRoom = "no_room";

    /// <summary>The caller closed the connection.</summary>
    public const string ClientLeft = "client_left";

    /// <summary>The caller did not send the body in time.</summary>
    public const string SlowBody = "slow_body";

    /// <summary>The caller's body does not end, or not as HTTP says.</summary>
    public const string BrokenBody = "body";
}
