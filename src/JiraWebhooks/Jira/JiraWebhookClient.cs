using JiraWebhooks.Sites;
using Refit;

namespace JiraWebhooks.Jira;

/// <summary>The five webhook operations of Jira Cloud, for any site, with paging and typed errors on top of <see cref="IJiraWebhookApi"/>
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-webhooks/"/>).
/// Every method throws <see cref="JiraApiException"/> and nothing else for errors of Jira or the network.</summary>
public sealed class JiraWebhookClient(IJiraWebhookApi api, TimeProvider clock)
{
    /// <summary>Maximum webhooks per call. Jira documents no limit; this is the maximum that an app may have on a site.</summary>
    private const int ChunkSize = 100;

    /// <summary>Far more pages than a site can have. It ends the loop if Jira never marks the last page.</summary>
    private const int MostPages = 100;

    private readonly JiraAnswers _answers = new(clock);

    /// <summary>All webhooks of the app on <paramref name="site"/>, page by page until the last one (docs/jira-behaviour.md#list-pages).</summary>
    public async Task<IReadOnlyList<Webhook>> ListAsync(Site site, CancellationToken cancellationToken)
    {
        var found = new Dictionary<long, Webhook>();
        var startAt = 0L;
        for (var count = 0; count < MostPages; count++)
        {
            const string operation = "Listing webhooks";
            var page = await CallAsync(site, operation, () => api.ListAsync(site, startAt, ChunkSize, cancellationToken), _answers.Content);

            // An answer that is no list must not look like a site without webhooks.
            if (page is { Values: null, Total: not 0 }) throw Without("webhooks", site, operation);
            if (page.Values is not { Count: > 0 } values) break;

            var known = found.Count;
            foreach (var webhook in values) found[webhook.Id] = webhook;
            if (page.IsLast is true || found.Count == known) break;

            startAt += values.Count;
        }

        return [.. found.Values];
    }

    /// <summary>Registers <paramref name="webhooks"/> under <paramref name="callback"/>; the results have the same order and number
    /// (docs/jira-behaviour.md#registration-results). Never retried blindly (docs/jira-behaviour.md#rate-limits).</summary>
    public async Task<IReadOnlyList<RegisteredWebhook>> RegisterAsync(
        Site site, Uri callback, IReadOnlyList<WebhookDetails> webhooks, CancellationToken cancellationToken)
    {
        const string operation = "Registering webhooks";
        var registered = await CallAsync(site, operation, () => api.RegisterAsync(site, new(callback, webhooks), cancellationToken), _answers.Content);
        var results = registered.WebhookRegistrationResult ?? [];
        if (results.Count == webhooks.Count) return results;

        throw new JiraApiException(
            JiraFailure.Unavailable,
            $"{operation} on {site.Id}: {results.Count} results for {webhooks.Count} webhooks, so none can be told whose it is.");
    }

    /// <summary>Asks Jira to delete webhooks. Accepted does not mean done, and unknown ids are not an error
    /// (docs/jira-behaviour.md#asynchronous-delete).</summary>
    public async Task DeleteAsync(Site site, IReadOnlyList<long> webhookIds, CancellationToken cancellationToken)
    {
        foreach (var chunk in webhookIds.Chunk(ChunkSize))
        {
            await CallAsync(site, "Deleting webhooks", () => api.DeleteAsync(site, new(chunk), cancellationToken), Accepted);
        }
    }

    /// <summary>Extends webhooks by 30 days, in chunks of 100. The answer is not read: only the list that follows is certain
    /// (docs/jira-behaviour.md#refresh-answers).</summary>
    public async Task RefreshAsync(Site site, IReadOnlyList<long> webhookIds, CancellationToken cancellationToken)
    {
        foreach (var chunk in webhookIds.Chunk(ChunkSize))
        {
            await CallAsync(site, "Refreshing webhooks", () => api.RefreshAsync(site, new(chunk), cancellationToken), Accepted);
        }
    }

    /// <summary>One page of the deliveries that Jira gave up on after <paramref name="after"/> (epoch milliseconds), oldest first.
    /// The <c>next</c> link is never followed: the caller pages by failure time, so credentials go only to the site
    /// (docs/jira-behaviour.md#failed-list-start).</summary>
    public Task<FailedPage> FailedAsync(Site site, long after, int maxResults, CancellationToken cancellationToken) =>
        CallAsync(site, "Reading failed deliveries", () => api.FailedAsync(site, maxResults, after, cancellationToken), Failed);

    /// <summary>One page of the issues that match <paramref name="jql"/>, each as Jira writes it. The caller follows the page tokens, because only
    /// the caller knows when to stop.</summary>
    public async Task<IssuePage> SearchAsync(Site site, string jql, int pageSize, string? pageToken, CancellationToken cancellationToken)
    {
        const string operation = "Searching issues";
        var search = new IssueSearch(jql, pageSize, ["*navigable"]) { NextPageToken = pageToken };
        var page = await CallAsync(site, operation, () => api.SearchAsync(site, search, cancellationToken), _answers.Content);
        return page.Issues is not null ? page : throw Without("issues", site, operation);
    }

    // Only an empty list is the end of the failed deliveries. The cursor must not pass what an answer without a list has left out.
    private FailedPage Failed(IApiResponse<FailedWebhooks> response, Site site, string operation)
    {
        if (_answers.Content(response, site, operation).Values is not { } values) throw Without("deliveries", site, operation);

        List<FailedWebhook> records = [.. values.OfType<FailedWebhook>()];
        return records.Count > 0 || values.Count == 0 ? new(records, response.Headers?.Date) : throw Without("deliveries", site, operation);
    }

    private static JiraApiException Without(string what, Site site, string operation) => new(JiraFailure.Unavailable, $"{operation} on {site.Id}: the answer has no {what}.");

    private bool Accepted(IApiResponse response, Site site, string operation)
    {
        _answers.EnsureSuccess(response, site, operation);
        return true;
    }

    private static async Task<TResult> CallAsync<TResponse, TResult>(
        Site site, string operation, Func<Task<TResponse>> call, Func<TResponse, Site, string, TResult> read)
        where TResponse : IApiResponse
    {
        if (!site.HasApi)
        {
            throw new JiraApiException(JiraFailure.NotAuthorised, $"{operation} on {site.Id}: an admin webhook's site has no API for it.");
        }

        TResponse response;
        try
        {
            response = await call();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw JiraAnswers.Transport(error, site, operation);
        }

        using (response) return read(response, site, operation);
    }
}
