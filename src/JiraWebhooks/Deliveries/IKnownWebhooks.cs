namespace JiraWebhooks.Deliveries;

/// <summary>Knows which webhooks this app has created. The refresh of webhooks implements it.</summary>
public interface IKnownWebhooks
{
    /// <summary>True if the site certainly has none of <paramref name="webhookIds"/> (<c>,10,11,</c>); false if it has one, or if that is unknown
    /// now. Never throws.</summary>
    ValueTask<bool> AreUnknownAsync(string site, string webhookIds, CancellationToken cancellationToken);
}
