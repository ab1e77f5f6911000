namespace JiraWebhooks.Subscriptions;

/// <summary>Keeps every declared webhook alive (decisions 10, 11 and 16).</summary>
public sealed class WebhookRefresher
{
    /// <summary>One run over all sites. One site's failure stops no other and is in the result, so this throws only when cancelled.</summary>
    public Task<IReadOnlyList<SiteRefresh>> RunAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
