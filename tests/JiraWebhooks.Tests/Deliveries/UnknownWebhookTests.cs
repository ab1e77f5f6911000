using System.Text;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Publishing;
using JiraWebhooks.Subscriber;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>Deliveries for webhooks that are not in the table: always published, marked when the table could be read (docs/jira-behaviour.md#unknown-webhooks).</summary>
[Collection<Clocked>]
public sealed class UnknownWebhookTests : IAsyncLifetime
{
    private World _world = null!;

    public async ValueTask InitializeAsync() => _world = await World.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(World.Acme)]
    [InlineData(World.Globex)]
    [Trait("Rule", "unknown-webhooks")]
    public async Task Receive_RegisteredByAnotherInstance_IsNotMarked(string site)
    {
        _world.Receiver = _world.NewInstance();
        await _world.RefreshAsync();

        Assert.False((await DeliverAsync(site)).UnknownWebhook);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task Receive_RegisteredByAnotherInstanceAfterTheFirstRead_IsFoundByTheReRead()
    {
        await _world.RefreshAsync();
        _world.Receiver = _world.NewInstance();
        await DeliverAsync(World.Globex);
        var reads = CountReads();

        _world.Subscribe(World.Globex, "gone", "project != EMPTY", "jira:issue_deleted");
        await _world.RefreshAsync();
        reads.Clear();
        _world.Clock.Advance(KnownWebhooks.Interval);

        Assert.False((await DeliverAsync(World.Globex, "jira:issue_deleted")).UnknownWebhook);
        Assert.Single(reads);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task Receive_RegistrationInFlight_IsPublishedWithTheMarkUntilItIsSaved()
    {
        await _world.RefreshAsync();
        _world.Receiver = _world.NewInstance();
        var id = AddBesides();

        var early = await DeliverAsync(World.Globex, "jira:issue_deleted");
        Assert.True(early.UnknownWebhook);
        Assert.Equal($",{id},", early.WebhookIds);
        Assert.Contains(early.Properties(), property => property is { Key: EventProperties.UnknownWebhook, Value: true });

        await _world.NewInstance().GetRequiredService<WebhookTable>().SaveAsync(World.Globex, new WebhookRow("gone", id, ""), CancellationToken.None);
        _world.Clock.Advance(KnownWebhooks.Interval);
        var late = await DeliverAsync(World.Globex, "jira:issue_deleted");
        Assert.False(late.UnknownWebhook);
        Assert.DoesNotContain(late.Properties(), property => property.Key == EventProperties.UnknownWebhook);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task Receive_OneKnownIdAmongUnknown_IsNotMarked()
    {
        await _world.RefreshAsync();
        AddBesides("jira:issue_updated");

        var message = await DeliverAsync(World.Globex);

        Assert.Equal(2, message.WebhookIds!.Trim(',').Split(',').Length);
        Assert.False(message.UnknownWebhook);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task Receive_FloodOfUnknownIds_ReadsStorageOncePerInterval()
    {
        await _world.RefreshAsync();
        AddBesides();
        var reads = CountReads();

        for (var issue = 0; issue < 200; issue++) _world.Emit(World.Globex, issue, "jira:issue_deleted");
        await _world.DeliverAllAsync();
        Assert.Single(reads);
        _world.Clock.Advance(KnownWebhooks.Interval);
        for (var issue = 0; issue < 200; issue++) _world.Emit(World.Globex, issue, "jira:issue_deleted");
        await _world.DeliverAllAsync();

        Assert.Equal(2, reads.Count);
        Assert.Equal(400, _world.Publisher.Messages.Count);
        Assert.All(_world.Publisher.Messages, message => Assert.True(message.UnknownWebhook));
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task Receive_StorageAway_IsPublishedWithoutTheMarkAtTheFirstAttempt()
    {
        await _world.RefreshAsync();
        AddBesides();
        _world.Tables.Before = _ => throw new Azure.RequestFailedException(503, "storage is away");

        var message = await DeliverAsync(World.Globex, "jira:issue_deleted");

        Assert.False(message.UnknownWebhook);
        Assert.Equal(0, message.Retry);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task Receive_AdminWebhook_IsNeverMarkedAndReadsNothing()
    {
        var reads = CountReads();

        Assert.False((await DeliverAsync(World.Initech)).UnknownWebhook);
        Assert.Empty(reads);
    }

    [Theory]
    [InlineData("""{"webhookEvent":"a"}""")]
    [InlineData("""{"webhookEvent":"a","matchedWebhookIds":[]}""")]
    [InlineData("""{"webhookEvent":"a","matchedWebhookIds":null}""")]
    [InlineData("garbage")]
    [Trait("Rule", "unknown-webhooks")]
    public async Task ReceiveAsync_NoIds_IsNeverMarked(string body)
    {
        var harness = new ReceiverHarness { Created = (_, _) => Task.FromResult<IReadOnlyList<WebhookRow>>([]) };

        var answer = await harness.SendAsync(harness.Request(StubSites.OAuth, Encoding.UTF8.GetBytes(body)));

        Assert.Equal(200, answer.Status);
        Assert.False(Assert.Single(harness.Publisher.Messages).UnknownWebhook);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task ReceiveAsync_UnknownId_IsCountedForItsSite()
    {
        using var unknown = Metrics.Counter(DeliveryMetrics.UnknownWebhook);
        var site = StubSites.OAuth with { Id = "unknown-webhook" };
        var harness = new ReceiverHarness { Sites = new StubSites(site), Created = (_, _) => Task.FromResult<IReadOnlyList<WebhookRow>>([]) };
        await harness.SendAsync(harness.Request(site));
        Assert.True(Assert.Single(harness.Publisher.Messages).UnknownWebhook);
        Assert.Equal(1, unknown.Count("site=unknown-webhook"));

        harness.Publisher.Before = (_, _) => throw new TimeoutException();
        await harness.SendAsync(harness.Request(site));
        Assert.Equal(1, unknown.Count("site=unknown-webhook"));
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task ReceiveAsync_StorageSlow_IsPublishedAfterASecondWithoutTheMark()
    {
        var harness = new ReceiverHarness { Created = (_, _) => new TaskCompletionSource<IReadOnlyList<WebhookRow>>().Task };
        var context = harness.Request(StubSites.OAuth);
        var answering = harness.SendAsync(context);
        harness.Clock.Advance(KnownWebhooks.Patience - TimeSpan.FromMilliseconds(1));
        Assert.Empty(harness.Publisher.Messages);
        harness.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(200, (await answering).Status);
        Assert.False(Assert.Single(harness.Publisher.Messages).UnknownWebhook);
    }

    /// <summary>A webhook that exists in Jira and is not in the table.</summary>
    private long AddBesides(string webhookEvent = "jira:issue_deleted") =>
        _world.Site(World.Globex).Add("https://hooks.example.com/api/deliveries/globex", [webhookEvent], "project != EMPTY");

    private List<string> CountReads()
    {
        var reads = new List<string>();
        _world.Tables.Before = call =>
        {
            if (call != "webhooks.query") return;
            lock (reads) reads.Add(call);
        };
        return reads;
    }

    private async Task<DeliveryMessage> DeliverAsync(string site, string webhookEvent = "jira:issue_updated")
    {
        var identifier = Assert.Single(_world.Emit(site, webhookEvent: webhookEvent));
        await _world.DeliverAllAsync();
        return Assert.Single(_world.Publisher.Messages, message => message.Identifier == identifier);
    }
}
