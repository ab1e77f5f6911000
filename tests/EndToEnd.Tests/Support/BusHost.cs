using System.Net.Http.Json;
using System.Text.Json;
using JiraSimulator;

namespace EndToEnd.Tests.Support;

/// <summary>LocalHost with its bus, for one site with an administrator's webhook.</summary>
internal sealed class BusHost : IAsyncDisposable
{
    public const string Site = "initech";

    private readonly LocalHostProcess _process;

    private BusHost(LocalHostProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>The connection string that it prints.</summary>
    public string Bus => _process.Bus!;

    public static async Task<BusHost> StartAsync(
        SimulatedJira jira, string storage, Dictionary<string, string?> settings, CancellationToken cancellationToken)
    {
        var port = LocalHostProcess.FreePort();
        var address = new Uri($"http://localhost:{port}");
        var site = jira.AddSite(new SimulatedSiteOptions(Site, SimulatedAuth.AdminWebhook) { AdminWebhookUrl = new Uri(address, $"/api/deliveries/{Site}") });
        var environment = new Dictionary<string, string?>(settings)
        {
            ["AzureWebJobsStorage"] = storage,
            [$"Sites__{Site}__Url"] = site.Options.Url,
            [$"Sites__{Site}__Scheme"] = "AdminWebhook",
            [$"Sites__{Site}__Secret"] = site.Options.Secret,
        };
        var process = await LocalHostProcess.ListeningAsync(port, environment, cancellationToken, arguments: ["--bus"]);
        var host = new BusHost(process, address);
        await process.UntilAsync(() => process.Bus is not null, cancellationToken);
        return host;
    }

    /// <summary>Sends the first delivery of the site again.</summary>
    public async Task RepeatAsync(SimulatedJira jira, HttpClient http, CancellationToken cancellationToken)
    {
        var emitted = jira.Ledger.Emitted.First();
        var body = emitted.Body.ToArray();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, $"/api/deliveries/{Site}")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Atlassian-Webhook-Identifier", emitted.Identifier);
        request.Headers.Add("X-Hub-Signature", Signatures.Hub(jira.Sites.Single().Options.Secret, body));
        using var response = await http.SendAsync(request, cancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>Calls the management API with the key.</summary>
    public async Task<(int Status, JsonElement Body)> CallAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(Address, path)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("x-functions-key", LocalHostProcess.Key());
        using var response = await http.SendAsync(request, cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken));
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
