namespace JiraWebhooks.FailedDeliveries;

/// <summary>Fetches the deliveries Jira gave up on and publishes them (decisions 9 and 16).</summary>
public sealed class FailedDeliveryPoller
{
    /// <summary>One run over all sites. One site's failure stops no other and is in the result, so this throws only when cancelled.</summary>
    public Task<IReadOnlyList<SitePoll>> RunAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
