using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Queues;
using EndToEnd.Tests.Support;
using JiraSimulator;
using JiraWebhooks.Recovery;
using JiraWebhooks.Subscriber;
using LocalHost.Functions;
using LocalHost.Hosting;
using LocalHost.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests;

/// <summary>The clock of the machine is wrong, over real HTTP and on Azurite.</summary>
[Collection<Clocked>]
public sealed class WrongClockTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly SimulatedClock _right = Clocked.NewClock(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));
    private readonly HttpClient _http = new();
    private readonly HttpClient _manager = new();
    private ShiftedClock _clock = null!;
    private SimulatedJira _jira = null!;
    private WebApplication _app = null!;
    private string _storage = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _storage = await azurite.NewAccountAsync();
        _clock = new ShiftedClock(_right);
        _jira = new SimulatedJira(_right);
        var options = new LocalAppOptions(LocalHostProcess.FreePort(), new ConfigurationBuilder().AddInMemoryCollection().Build(), _storage)
        {
            Jira = _jira,
            Clock = _clock,
            StorageClock = _right,
            Schedules = false,
            LogLevel = LogLevel.None,
        };
        SimulatedSites.Add(_jira, options.BaseUrl);
        _app = LocalApp.Build(options, services => services.AddCountedOperations(_right));
        await LocalApp.StartAsync(_app, options.Port, Token);
        _http.BaseAddress = _manager.BaseAddress = options.BaseUrl;
        _manager.DefaultRequestHeaders.Add(FunctionKey.Header, options.Key.Value);
        await CallAsync($"/api/sites/{SimulatedSites.OAuth}/refresh");
        await CallAsync($"/api/sites/{SimulatedSites.Connect}/refresh");
        await RecoverAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _manager.Dispose();
        await _app.DisposeAsync();
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(2)]
    [InlineData(-20)]
    public async Task Delivery_WhileTheClockIsHoursWrong_IsAskedForAgain_AndFoundWhenItIsSetRight(int hours)
    {
        _clock.Ahead = TimeSpan.FromHours(hours);
        _jira.Emit(SimulatedSites.OAuth, "jira:issue_updated", $$"""{"timestamp":{{_right.GetUtcNow().ToUnixTimeMilliseconds()}},"issue":{"id":"10002","key":"SHOP-2"} }""");
        _jira.Emit(SimulatedSites.Connect, "jira:issue_updated", """{"issue":{"id":"10003","key":"SHOP-3"}}""");
        _jira.Emit(SimulatedSites.Admin, "jira:issue_updated", """{"issue":{"id":"10004","key":"SHOP-4"}}""");
        await _jira.DeliverDueAsync(_http, Token);
        Assert.Equal([(SimulatedSites.OAuth, 503), (SimulatedSites.Connect, 503), (SimulatedSites.Admin, 200)],
            _jira.Ledger.Attempts.Select(attempt => (attempt.Site, attempt.Status)).Order());

        foreach (var site in new[] { SimulatedSites.OAuth, SimulatedSites.Connect })
        {
            Assert.StartsWith("Clock: ", await ReasonAsync(site, reason => reason?.StartsWith("Clock: ", StringComparison.Ordinal) is true), StringComparison.Ordinal);
        }

        Assert.Null(await ReasonAsync(SimulatedSites.Admin, _ => true));
        using (var health = await _http.GetAsync("/api/health", Token)) Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);

        // Jira sends nothing more: it gave up.
        _clock.Ahead = TimeSpan.Zero;
        await _right.MoveToAsync(_right.GetUtcNow().AddMinutes(90), Token);
        await RecoverAsync();

        var found = await DrainAsync();
        Assert.Contains(found, message => message.MessageId.StartsWith("acme:", StringComparison.Ordinal) && message.Properties["cloudEvents_subject"] is "SHOP-2");
    }

    // The timer's run, which the call for one site does not stand for.
    private async Task RecoverAsync() => await _right.DriveAsync(_app.Services.GetRequiredService<FailedDeliveryPoller>().RunAsync(Token));

    private async Task CallAsync(string path)
    {
        using var response = await _manager.PostAsJsonAsync(path, new { }, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    // What the receive path keeps for Health, it writes behind the answer.
    private async Task<string?> ReasonAsync(string site, Func<string?, bool> known)
    {
        while (true)
        {
            var details = await _manager.GetFromJsonAsync<JsonElement>("/api/health/details", Token);
            var reason = details.GetProperty("sites").EnumerateArray().Single(one => one.GetProperty("site").GetString() == site).GetProperty("reason").GetString();
            if (known(reason)) return reason;
        }
    }

    private async Task<List<QueuedDelivery>> DrainAsync()
    {
        var batch = await new QueueClient(_storage, "jira-deliveries").ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5), Token);
        return [.. batch.Value.Select(message => QueuedDelivery.Parse(message.Body))];
    }
}
