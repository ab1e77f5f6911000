namespace JiraWebhooks.Deliveries;

/// <summary>How a delivery ended: the status for Jira and the reason for us.</summary>
internal readonly record struct Outcome(int Status, OutcomeReason Reason)
{
    /// <summary>The site's slug, or null if there is no such site.</summary>
    public string? Site { get; init; }

    /// <summary>True when a secret of the site signed this. Otherwise a stranger may have caused the failure.</summary>
    public bool Authentic { get; init; }

    /// <summary>The times of a token that is valid in all else; set only with the reason <c>token_times</c>.</summary>
    public TokenTimes? WrongTimes { get; init; }

    /// <summary>True if this failure means that deliveries of the site may be lost, so that recovery must search for them. A stranger must not be able to
    /// cause such a search, so the delivery must be authentic. Exceptions: a site without usable settings cannot verify anything, and all its
    /// deliveries fail; with an unresolved secret, it is unknown which of them are valid. A caller that disconnects is never a reason.</summary>
    public bool IsOutage => Status is 503 && Reason is not OutcomeReason.ClientLeft
        && (Authentic || Reason is OutcomeReason.SiteSettings or OutcomeReason.SecretUnresolved or OutcomeReason.SiteMissing);

    /// <summary>The exception behind a 503.</summary>
    public Exception? Cause { get; init; }

    /// <summary>True when the body names another site.</summary>
    public bool SiteMismatch { get; init; }

    /// <summary>True when the body is not a JSON object.</summary>
    public bool Unparsed { get; init; }

    /// <summary>True when the body is a JSON object that does not name its event.</summary>
    public bool EventMissing { get; init; }

    /// <summary>True when the app has created none of the named webhooks.</summary>
    public bool UnknownWebhook { get; init; }
}
