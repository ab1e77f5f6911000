using System.Net;
using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Queues;
using JiraSimulator;
using JiraWebhooks.Hosting;
using JiraWebhooks.Subscriber;
using LocalHost.Simulation;
using Testing.Attacks;

namespace FunctionsApp.Tests.WorkerHost;

/// <summary>What a worker needs around it: a storage account, a Jira with two sites, and the settings that name them.</summary>
internal sealed class WorkerWorld : IAsyncDisposable
{
    public const string Connect = SimulatedSites.Connect;
    public const string Admin = SimulatedSites.Admin;

    private static readonly Uri BaseUrl = new("https://hooks.example.com");

    /// <summary>What is delivered.</summary>
    public static readonly byte[] Body = """{"timestamp":1700000000123,"webhookEvent":"jira:issue_updated","issue":{"id":"10002","key":"SHOP-1"}}"""u8.ToArray();

    private readonly JiraServer _server;
    private readonly string _storage;

    private WorkerWorld(JiraServer server, string storage)
    {
        (_server, _storage) = (server, storage);
        Jira.AddSite(new SimulatedSiteOptions(Connect, SimulatedAuth.Connect));
        Jira.AddSite(new SimulatedSiteOptions(SimulatedSites.OAuth, SimulatedAuth.OAuth));
        SimulatedSites.AddAdmin(Jira, BaseUrl);
        Settings = new(SimulatedSites.Settings(Jira, server.Address))
        {
            ["PublicBaseUrl"] = BaseUrl.AbsoluteUri,
            ["Publisher"] = "StorageQueue",
            ["AzureWebJobsStorage"] = storage,
            [Schedules.Refresh] = Schedules.Defaults[Schedules.Refresh],
            [Schedules.Poll] = Schedules.Defaults[Schedules.Poll],
        };
    }

    /// <summary>What a worker is started with.</summary>
    public Dictionary<string, string?> Settings { get; }

    /// <summary>The secret that Jira and the worker share for the deliveries of this world.</summary>
    public string Secret => Site(Admin).Secret;

    /// <summary>What attacks are made for.</summary>
    public AttackTarget Target => new(Site(SimulatedSites.OAuth), Site(Connect), Site(Admin));

    public SimulatedJira Jira => _server.Jira;

    /// <summary>Where deliveries go.</summary>
    public static Uri Callback(string site) => new(BaseUrl, $"/api/deliveries/{site}");

    public static async Task<WorkerWorld> NewAsync(AzuriteFixture azurite)
    {
        var storage = await azurite.NewAccountAsync();
        return new(await JiraServer.StartAsync(), storage);
    }

    /// <summary>From here on Jira gives no answer; ends when the worker waits for one.</summary>
    public Task HoldAsync()
    {
        _server.Holds = true;
        return _server.Held;
    }

    /// <summary>The storage's queues are behind a server that gives no answer, as Jira's; ends when the worker waits for one.</summary>
    public Task HoldQueuesAsync()
    {
        var parts = _storage.Split(';').Select(part => part.StartsWith("QueueEndpoint=", StringComparison.Ordinal) ? $"QueueEndpoint={_server.Address}queues" : part);
        Settings["AzureWebJobsStorage"] = string.Join(';', parts);
        return HoldAsync();
    }

    /// <summary>Jira's delivery to the site with an administrator's webhook, signed with <paramref name="secret"/>. Gives the answer, 0 if there was
    /// none. A worker that took longer than it gives itself answers 5xx on a machine that is slow enough, and is asked again as Jira does.</summary>
    public static async Task<int> DeliverAsync(HttpClient client, string secret, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Callback(Admin)) { Content = new ByteArrayContent(Body) };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.Add("X-Atlassian-Webhook-Identifier", "id-1");
            request.Headers.Add("X-Hub-Signature", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Body)));
            try
            {
                using var response = await client.SendAsync(request, cancellationToken);
                if (response.StatusCode < HttpStatusCode.InternalServerError) return (int)response.StatusCode;
            }
            catch (HttpRequestException)
            {
                return 0;
            }
        }
    }

    /// <summary>What is in the queue.</summary>
    public async Task<IReadOnlyList<QueuedDelivery>> PublishedAsync(CancellationToken cancellationToken)
    {
        var queue = new QueueClient(_storage, new JiraWebhooksOptions { PublicBaseUrl = BaseUrl }.QueueName);
        if (!await queue.ExistsAsync(cancellationToken)) return [];

        var messages = await queue.PeekMessagesAsync(queue.MaxPeekableMessages, cancellationToken);
        return [.. messages.Value.Select(message => QueuedDelivery.Parse(message.Body))];
    }

    private SimulatedSiteOptions Site(string slug) => Jira.Sites.Single(site => site.Options.Slug == slug).Options;

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
