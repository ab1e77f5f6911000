using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using EndToEnd.Tests.Contract;
using EndToEnd.Tests.Support;
using JiraSimulator;
using JiraWebhooks.Subscriber;
using LocalHost.Functions;
using LocalHost.Hosting;
using LocalHost.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EndToEnd.Tests;

/// <summary>The routes over real HTTP, with the simulated Jira inside and Azurite behind.</summary>
public sealed class LocalHostTests(AzuriteFixture azurite) : IAsyncLifetime
{
    // Stands still, so that nothing is too slow for a time-out.
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));
    private readonly HttpClient _http = new();
    private readonly HttpClient _manager = new();
    private SimulatedJira _jira = null!;
    private WebApplication _app = null!;
    private string _storage = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _storage = await azurite.NewAccountAsync();
        _jira = new SimulatedJira(_clock);
        var options = new LocalAppOptions(LocalHostProcess.FreePort(), new ConfigurationBuilder().AddInMemoryCollection().Build(), _storage)
        {
            Jira = _jira,
            Clock = _clock,
            Schedules = false,
            LogLevel = LogLevel.None,
        };
        SimulatedSites.Add(_jira, options.BaseUrl);
        _app = LocalApp.Build(options);
        await LocalApp.StartAsync(_app, options.Port, Token);
        _http.BaseAddress = _manager.BaseAddress = options.BaseUrl;
        _manager.DefaultRequestHeaders.Add(FunctionKey.Header, options.Key.Value);

        // The SDKs of storage have limits in real time.
        await Delivery.FirstAsync(_http, SimulatedSites.Admin, _jira.Sites.Single(known => known.Options.Slug == SimulatedSites.Admin).Options.Secret, Token);
        await DrainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _manager.Dispose();
        await _app.DisposeAsync();
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(SimulatedSites.OAuth)]
    [InlineData(SimulatedSites.Connect)]
    [InlineData(SimulatedSites.Admin)]
    [Trait("Rule", "answers")]
    public async Task Delivery_OfEachScheme_IsInTheQueueBeforeIts200(string site)
    {
        await FireAsync("RefreshWebhooks", () => _jira.Sites.All(known => known.Options.Auth is SimulatedAuth.AdminWebhook || known.Webhooks.Count == 2));
        var identifier = Assert.Single(_jira.Emit(site, "jira:issue_updated", """{"timestamp":1700000000123,"issue":{"id":"10002","key":"SHOP-2"}}"""));

        await _jira.DeliverDueAsync(_http, Token);

        Assert.Equal(200, Assert.Single(_jira.Ledger.Attempts).Status);
        var message = Assert.Single(await DrainAsync());
        Assert.Equal($"{site}:{identifier}", message.MessageId);
        Assert.Equal($"{site}:10002", message.SessionId);
        Assert.Equal(_jira.Ledger.Emitted.Single().Body.ToArray(), message.Body.ToArray());
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("acme", "Authorization", "Bearer eyJhbGciOiJub25lIn0.e30.")]
    [InlineData("globex", "Authorization", "JWT a.b.c")]
    [InlineData("initech", "X-Hub-Signature", "sha256=00")]
    [InlineData("unknown", "Authorization", "Bearer a.b.c")]
    [Trait("Rule", "verify-raw-body")]
    public async Task Delivery_WithAWrongSignature_Is401AndNowhere(string site, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/deliveries/{site}") { Content = JsonContent.Create(new { webhookEvent = "jira:issue_updated" }) };
        request.Headers.TryAddWithoutValidation(header, value);

        using var response = await _http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(await DrainAsync());
    }

    [Fact(Timeout = Limits.Hang)]
    [Trait("Rule", "parallel-deliveries")]
    public async Task Deliveries_ThirtyAtOnceOfOneSite_AreAllTaken()
    {
        for (var number = 0; number < 30; number++) _jira.Emit(SimulatedSites.Admin, "jira:issue_updated", $$"""{"issue":{"id":"{{number}}"} }""");

        await _jira.DeliverDueAsync(_http, Token);

        Assert.Equal(30, _jira.Ledger.Attempts.Count(attempt => attempt.Status == 200));
        Assert.Equal(30, (await DrainAsync()).Select(message => message.MessageId).Distinct().Count());
    }

    [Fact(Timeout = Limits.Hang)]
    [Trait("Rule", "body-size")]
    public async Task Delivery_OfTwentyMegabytes_ReadsBackTheSame()
    {
        _jira.Emit(SimulatedSites.Admin, "jira:issue_updated", JsonSerializer.Serialize(new { description = new string('é', 3_300_000) }));

        await _jira.DeliverAllAsync(_clock, _http, Token);

        var message = Assert.Single(await DrainAsync());
        var reader = new JiraBodies(new BlobServiceClient(_storage).GetBlobContainerClient("jira-bodies"));
        Assert.Equal(0, message.Body.ToMemory().Length);
        var read = await reader.ReadAsync(message, Token);
        Assert.True(_jira.Ledger.Emitted.Single().Body.Span.SequenceEqual(read.ToMemory().Span));
    }

    [Fact(Timeout = Limits.Hang)]
    [Trait("Rule", "body-size")]
    public async Task Delivery_AboveTwentyFiveMegabytes_Is413()
    {
        var body = new byte[(25 * 1024 * 1024) + 1];
        var secret = _jira.Sites.Single(known => known.Options.Slug == SimulatedSites.Admin).Options.Secret;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/deliveries/{SimulatedSites.Admin}") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("X-Hub-Signature", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body))}");
        using var response = await _http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact(Timeout = Limits.Hang)]
    [Trait("Rule", "health-per-site")]
    public async Task Health_AfterARefresh_TellsOkAndWithDetailsWhy()
    {
        await FireAsync("RefreshWebhooks", () => _jira.Sites.All(known => known.Options.Auth is SimulatedAuth.AdminWebhook || known.Webhooks.Count == 2));

        Assert.Equal("""{"status":"ok"}""", await _http.GetStringAsync("/api/health", Token));
        var details = await _manager.GetFromJsonAsync<JsonElement>("/api/health/details", Token);
        Assert.Equal(["acme", "globex", "initech"], details.GetProperty("sites").EnumerateArray().Select(site => site.GetProperty("site").GetString()).Order());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Function_ThatThereIsNot_Is404WithTheNames()
    {
        using var response = await _manager.PostAsync("/admin/functions/Nope", null, Token);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("PollFailedWebhooks", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    // The Functions host answers before the run has ended, and so does this one.
    private async Task FireAsync(string function, Func<bool> done)
    {
        using var response = await _manager.PostAsync($"/admin/functions/{function}", null, Token);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        while (!done() || (await _manager.GetStringAsync("/api/health/details", Token)).Contains("Not refreshed yet", StringComparison.Ordinal)) await Task.Yield();
    }

    private async Task<List<QueuedDelivery>> DrainAsync()
    {
        var queue = new QueueClient(_storage, "jira-deliveries");
        if (!await queue.ExistsAsync(Token)) return [];

        var all = new List<QueuedDelivery>();
        while ((await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5), Token)).Value is { Length: > 0 } batch)
        {
            all.AddRange(batch.Select(message => QueuedDelivery.Parse(message.Body)));
        }

        return all;
    }
}
