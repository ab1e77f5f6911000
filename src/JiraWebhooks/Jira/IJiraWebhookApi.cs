using JiraWebhooks.Sites;
using Refit;

namespace JiraWebhooks.Jira;

/// <summary>The wire form of the five operations. The site is a request property; <c>SiteHandler</c> sets URL and credential
/// (docs/architecture.md#one-http-client).</summary>
public interface IJiraWebhookApi
{
    /// <summary>Path of the search, the only POST that changes nothing. Version 2 has rich text as text, as deliveries have it; version 3 has it as
    /// documents.</summary>
    internal const string SearchPath = "/rest/api/2/search/jql";

    /// <summary>getDynamicWebhooksForApp</summary>
    [Get("/rest/api/3/webhook")]
    Task<IApiResponse<WebhookPage>> ListAsync(
        [Property(SiteRequest.Key)] Site site, long startAt, int maxResults, CancellationToken cancellationToken);

    /// <summary>registerDynamicWebhooks</summary>
    [Post("/rest/api/3/webhook")]
    Task<IApiResponse<RegisteredWebhooks>> RegisterAsync(
        [Property(SiteRequest.Key)] Site site, [Body(buffered: true)] WebhookRegistration registration, CancellationToken cancellationToken);

    /// <summary>deleteWebhookById</summary>
    [Delete("/rest/api/3/webhook")]
    Task<IApiResponse> DeleteAsync(
        [Property(SiteRequest.Key)] Site site, [Body(buffered: true)] WebhookIds ids, CancellationToken cancellationToken);

    /// <summary>refreshWebhooks</summary>
    [Put("/rest/api/3/webhook/refresh")]
    Task<IApiResponse> RefreshAsync(
        [Property(SiteRequest.Key)] Site site, [Body(buffered: true)] WebhookIds ids, CancellationToken cancellationToken);

    /// <summary>getFailedWebhooks, experimental and for Connect apps only</summary>
    [Get("/rest/api/3/webhook/failed")]
    Task<IApiResponse<FailedWebhooks>> FailedAsync(
        [Property(SiteRequest.Key)] Site site, int maxResults, long after, CancellationToken cancellationToken);

    /// <summary>The search by JQL, for sites whose failed list is closed</summary>
    [Post(SearchPath)]
    Task<IApiResponse<IssuePage>> SearchAsync(
        [Property(SiteRequest.Key)] Site site, [Body(buffered: true)] IssueSearch search, CancellationToken cancellationToken);
}
