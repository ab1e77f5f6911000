using Azure.Messaging.ServiceBus;
using JiraWebhooks.Publishing;
using Microsoft.Extensions.Time.Testing;
using ServiceBusSimulator;

namespace JiraWebhooks.Tests.Publishing;

/// <summary>What the real SDK and the publisher make of each fault of a bus, and what Jira gets for it.</summary>
public sealed class ServiceBusWireTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Errors that must be fixed: another try does not help, so there is none.</summary>
    [Theory(Timeout = Limits.Hang)]
    [InlineData(BusFault.QuotaExceeded)]
    [InlineData(BusFault.NotFound)]
    [InlineData(BusFault.Disabled)]
    public async Task Publish_BusRefusesForGood_IsAPermanentErrorAtOnce(BusFault fault)
    {
        await using var wire = new WireBus(await azurite.NewAccountAsync(), Long);
        wire.Bus.Faults.FailSends(fault);

        var error = await Assert.ThrowsAsync<PublishFailedException>(() => wire.Publisher.PublishAsync(Message("1"), Token));

        Assert.IsType<ServiceBusException>(error.InnerException);
        Assert.Equal(0, wire.OnTheBus);
        Assert.Equal(200, await wire.DeliverAsync("2", "{}"));
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(BusFault.ArgumentError, typeof(ArgumentException))]
    [InlineData(BusFault.NotAllowed, typeof(InvalidOperationException))]
    [InlineData(BusFault.NotImplemented, typeof(NotSupportedException))]
    public async Task Publish_BusRefusesTheMessage_IsThatException(BusFault fault, Type type)
    {
        await using var wire = new WireBus(await azurite.NewAccountAsync());
        wire.Bus.Faults.FailSends(fault, times: 2);

        await Assert.ThrowsAsync(type, () => wire.Publisher.PublishAsync(Message("1"), Token));

        Assert.Equal(0, wire.OnTheBus);
    }

    /// <summary>One fault that passes costs a delivery nothing but time, and the event is on the bus once.</summary>
    [Theory(Timeout = Limits.Hang)]
    [InlineData(BusFault.InternalError)]
    [InlineData(BusFault.Timeout)]
    [InlineData(BusFault.Unauthorized)]
    [InlineData(BusFault.DropBeforeStoring)]
    [InlineData(BusFault.DropAfterStoring)]
    [InlineData(BusFault.NoAnswer)]
    [Trait("Decision", "ten-second-budget")]
    public async Task Deliver_OneFaultThatPasses_Is200AndOnTheBusOnce(BusFault fault)
    {
        await using var wire = new WireBus(await azurite.NewAccountAsync(), Long);
        Assert.Equal(200, await wire.DeliverAsync("first", "{}"));
        wire.Bus.Faults.FailSends(fault);

        Assert.Equal(200, await wire.DeliverAsync("second", "{}"));

        Assert.Equal(2, wire.OnTheBus);
    }

    /// <summary>Two in a row are more than the ten seconds of a delivery have room for, or the SDK tries. Jira sends it again.</summary>
    [Theory(Timeout = Limits.Hang)]
    [InlineData(BusFault.InternalError)]
    [InlineData(BusFault.Timeout)]
    [InlineData(BusFault.Unauthorized)]
    [InlineData(BusFault.DropBeforeStoring)]
    [InlineData(BusFault.ServerBusy)]
    [InlineData(BusFault.QuotaExceeded)]
    [InlineData(BusFault.NotFound)]
    [InlineData(BusFault.Disabled)]
    [InlineData(BusFault.NotAllowed)]
    [InlineData(BusFault.NoAnswer)]
    [Trait("Decision", "200-after-publish")]
    public async Task Deliver_FaultThatStays_Is503AndNotOnTheBus_AndIs200WhenItIsOver(BusFault fault)
    {
        await using var wire = new WireBus(await azurite.NewAccountAsync());
        wire.Bus.Faults.OnSend = _ => fault;

        Assert.Equal(503, await wire.DeliverAsync("1", "{}"));

        Assert.Equal(0, wire.OnTheBus);
        wire.Bus.Faults.OnSend = null;
        while (await wire.DeliverAsync("1", "{}") != 200)
        {
            // Jira sends it again. After "server busy" the SDK waits for ten seconds by itself.
        }

        Assert.Equal(1, wire.OnTheBus);
    }

    /// <summary>The SDK does not look at its cancellation token while it opens a link or waits for a token.</summary>
    [Theory(Timeout = Limits.Hang)]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Decision", "ten-second-budget")]
    public async Task Deliver_LinkOrTokenIsNeverAnswered_Is503WithinItsBudget(bool attach)
    {
        await using var wire = new WireBus(await azurite.NewAccountAsync());
        if (attach) wire.Bus.Faults.OnAttach = _ => BusFault.NoAnswer;
        else wire.Bus.Faults.OnToken = () => BusFault.NoAnswer;

        Assert.Equal(503, await wire.DeliverAsync("1", "{}"));
    }

    /// <summary>The SDK keeps what it knows of a link after the bus has gone.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task IsLive_BusGoesAwayAndComesBack_SaysSo()
    {
        await using var wire = new WireBus(await azurite.NewAccountAsync());
        var clock = new FakeTimeProvider();
        var liveness = new PublisherLiveness(wire.Publisher, clock);
        Assert.True(await liveness.IsLiveAsync(Token));

        await wire.Bus.DisposeAsync();
        clock.Advance(PublisherLiveness.FreshFor + TimeSpan.FromSeconds(1));
        Assert.False(await liveness.IsLiveAsync(Token));

        wire.StartBus();
        clock.Advance(PublisherLiveness.Pause);
        Assert.True(await liveness.IsLiveAsync(Token));
        Assert.Equal(200, await wire.DeliverAsync("1", "{}"));
    }

    /// <summary>The bus's word on size wins: the body goes to Blob Storage, and the message is sent again.</summary>
    [Fact(Timeout = Limits.Hang)]
    [Trait("Decision", "claim-check")]
    public async Task Publish_BusSaysTooLarge_SendsAClaimCheck()
    {
        await using var wire = new WireBus(await azurite.NewAccountAsync(), Long);
        wire.Bus.Faults.FailSends(BusFault.MessageTooLarge);

        Assert.Equal(200, await wire.DeliverAsync("1", """{"a":1}"""));

        Assert.Equal("", Assert.Single((await wire.ReadAsync(Token))["initech:1"]));
    }

    /// <summary>Faults in one send of twenty; Jira repeats what is not answered 200. Every acknowledged event is on the bus once, with its body.</summary>
    [Fact(Timeout = Limits.Hang)]
    [Trait("Decision", "one-message-id")]
    public async Task Deliver_ManyWithFaults_LosesAndChangesNothing()
    {
        const int Deliveries = 1500;
        BusFault[] faults = [BusFault.InternalError, BusFault.Timeout, BusFault.DropBeforeStoring, BusFault.DropAfterStoring, BusFault.Unauthorized];
        await using var wire = new WireBus(await azurite.NewAccountAsync(), Long);
        var random = new Random(7);
        var gate = new Lock();
        wire.Bus.Faults.OnSend = _ =>
        {
            lock (gate) return random.Next(20) == 0 ? faults[random.Next(faults.Length)] : null;
        };

        await Parallel.ForEachAsync(Enumerable.Range(0, Deliveries), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Token }, async (number, _) =>
        {
            var statuses = new List<int>();
            do
            {
                statuses.Add(await wire.DeliverAsync($"{number}", Body(number)));
            }
            while (statuses[^1] == 503);

            Assert.Equal(200, statuses[^1]);
        });

        var read = await wire.ReadAsync(Token);
        Assert.Equal(Deliveries, read.Count);
        Assert.All(Enumerable.Range(0, Deliveries), number => Assert.Equal(Body(number), Assert.Single(read[$"initech:{number}"])));
    }

    private static string Body(int number) => $$"""{"webhookEvent":"jira:issue_updated","issue":{"id":"{{number % 50}}"},"text":"{{new string((char)('a' + (number % 26)), number % 4000)}}"}""";

    private static DeliveryMessage Message(string identifier) => new()
    {
        Site = "initech",
        Identifier = identifier,
        MessageId = $"initech:{identifier}",
        SessionId = "initech:1",
        Source = "https://initech.atlassian.net",
        Type = "jira:issue_updated",
        Body = "{}"u8.ToArray(),
    };
}
