namespace JiraWebhooks.Deliveries;

/// <summary>How a delivery ended: the status for Jira, and for us the reason.</summary>
internal readonly record struct Outcome(int Status, string Reason)
{
    /// <summary>The site's slug, when there is such a site.</summary>
    public string? Site { get; init; }

    /// <summary>True when a secret of the site signed this; without that, whatever failed may be a stranger's doing.</summary>
    public bool Authentic { get; init; }

    /// <summary>The times of a token that is right in all else, with the reason <c>token_times</c> alone.</summary>
    public TokenTimes? WrongTimes { get; init; }

    /// <summary>What was thrown, on a 503.</summary>
    public Exception? Cause { get; init; }

    /// <summary>True when the body names another site.</summary>
    public bool SiteMismatch { get; init; }

    /// <summary>True when the envelope could not be read.</summary>
    public bool Unparsed { get; init; }

    /// <summary>True when the app has created none of the webhooks named.</summary>
    public bool UnknownWebhook { get; init; }
}
