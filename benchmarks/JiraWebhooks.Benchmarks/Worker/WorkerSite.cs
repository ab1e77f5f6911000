using System.Net;
using System.Net.Http.Headers;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Benchmarks.Worker;

/// <summary>The one site of a measured worker, with an administrator's webhook, and its deliveries.</summary>
internal static class WorkerSite
{
    private static readonly Site Site = TestSites.Make(SiteScheme.AdminWebhook);

    /// <summary>What a worker is started with.</summary>
    /// <param name="storage">Connection string of its storage account.</param>
    public static Dictionary<string, string?> Settings(string storage) => new()
    {
        ["PublicBaseUrl"] = TestSites.Options.PublicBaseUrl.AbsoluteUri,
        ["Publisher"] = nameof(PublisherKind.StorageQueue),
        ["AzureWebJobsStorage"] = storage,
        [Schedules.Refresh] = Schedules.Defaults[Schedules.Refresh],
        [Schedules.Poll] = Schedules.Defaults[Schedules.Poll],
        [$"Sites:{Site.Id}:Url"] = Site.Url.AbsoluteUri,
        [$"Sites:{Site.Id}:Scheme"] = $"{Site.Scheme}",
        [$"Sites:{Site.Id}:Secret"] = TestSites.Secret,
    };

    /// <summary>Returns what sends a delivery of <paramref name="body"/>, each time one that the worker has not seen before. The body is signed once: the
    /// signature of a large one takes longer than its way to the worker.</summary>
    public static Func<HttpClient, Task<HttpStatusCode>> Delivery(byte[] body)
    {
        var address = new Uri(TestSites.Options.PublicBaseUrl, $"/api/deliveries/{Site.Id}");
        var (name, value) = TestSites.Signature(Site, body);
        return async client =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            request.Headers.Add("X-Atlassian-Webhook-Identifier", $"{Guid.NewGuid():N}");
            request.Headers.Add(name, value);
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        };
    }
}
