using JiraWebhooks.Sites;

namespace JiraWebhooks.Jira;

/// <summary>The five webhook operations of Jira Cloud, for any site, with paging and typed errors on top of <see cref="IJiraWebhookApi"/>
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-webhooks/"/>).
/// Every method throws <see cref="JiraApiException"/> and nothing else for what Jira or the network did.</summary>
public sealed class JiraWebhookClient
{
    /// <summary>All webhooks of the app on <paramref name="site"/>, page by page until the last one (rule 10).</summary>
    public Task<IReadOnlyList<Webhook>> ListAsync(Site site, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Registers <paramref name="webhooks"/> under <paramref name="callback"/>; the results are in the same order and as many
    /// (rule 2). Never retried blindly (rule 26).</summary>
    public Task<IReadOnlyList<RegisteredWebhook>> RegisterAsync(
        Site site, Uri callback, IReadOnlyList<WebhookDetails> webhooks, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Asks Jira to delete webhooks. Accepted is not done, and unknown ids are no error (rule 7).</summary>
    public Task DeleteAsync(Site site, IReadOnlyList<long> webhookIds, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Extends webhooks by 30 days, in chunks of 100. The date is null where Jira gave none (rule 9).</summary>
    public Task<DateTimeOffset?> RefreshAsync(Site site, IReadOnlyList<long> webhookIds, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>One page of the deliveries Jira gave up on after <paramref name="after"/> (epoch milliseconds), oldest first.</summary>
    public Task<FailedWebhooks> FailedAsync(Site site, long after, int maxResults, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
