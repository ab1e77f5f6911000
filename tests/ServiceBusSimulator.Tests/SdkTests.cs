using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Time.Testing;

namespace ServiceBusSimulator.Tests;

/// <summary>What the real SDK of .NET does with the bus.</summary>
public sealed class SdkTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan None = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Send_Message_ArrivesWithAllItHas()
    {
        await using var bus = new Bus();
        var sent = new ServiceBusMessage(BinaryData.FromBytes([0, 1, 255]))
        {
            MessageId = "acme:1",
            SessionId = "acme:10010",
            Subject = "jira:issue_created",
            ContentType = "application/json; charset=utf-8",
            CorrelationId = "correlation",
            To = "to",
            ReplyTo = "reply",
            ReplyToSessionId = "reply-session",
            TimeToLive = TimeSpan.FromHours(1),
        };
        foreach (var (name, value) in new Dictionary<string, object> { ["text"] = "ü", ["flag"] = true, ["number"] = 7, ["long"] = 1_700_000_000_000L, ["real"] = 1.5 })
        {
            sent.ApplicationProperties.Add(name, value);
        }

        await bus.SendAsync(Bus.Queue, sent);
        await using var receiver = bus.Client.CreateReceiver(Bus.Queue);
        var got = await receiver.ReceiveMessageAsync(Wait, Token);

        Assert.Equal([0, 1, 255], got.Body.ToArray());
        Assert.Equal(sent.MessageId, got.MessageId);
        Assert.Equal(sent.SessionId, got.SessionId);
        Assert.Equal(sent.Subject, got.Subject);
        Assert.Equal(sent.ContentType, got.ContentType);
        Assert.Equal(sent.CorrelationId, got.CorrelationId);
        Assert.Equal(sent.To, got.To);
        Assert.Equal(sent.ReplyTo, got.ReplyTo);
        Assert.Equal(sent.ReplyToSessionId, got.ReplyToSessionId);
        Assert.Equal(sent.TimeToLive, got.TimeToLive);
        Assert.Equal(sent.ApplicationProperties, got.ApplicationProperties.Where(property => property.Key != "Diagnostic-Id").ToDictionary());
        Assert.Equal(1, got.DeliveryCount);
        Assert.Equal(1, got.SequenceNumber);
        Assert.InRange(got.LockedUntil - got.EnqueuedTime, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(120));
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(0)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public async Task Send_BodyOfAnySize_ArrivesByteForByte(int size)
    {
        await using var bus = new Bus();
        var body = new byte[size];
        new Random(size).NextBytes(body);

        await bus.SendAsync(Bus.Queue, new ServiceBusMessage(body));
        await using var receiver = bus.Client.CreateReceiver(Bus.Queue);

        Assert.Equal(body, (await receiver.ReceiveMessageAsync(Wait, Token)).Body.ToArray());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Send_Batch_ArrivesMessageByMessage()
    {
        await using var bus = new Bus();
        await using var sender = bus.Client.CreateSender(Bus.Queue);
        using var batch = await sender.CreateMessageBatchAsync(Token);
        for (var number = 0; number < 50; number++) Assert.True(batch.TryAddMessage(new ServiceBusMessage(new byte[1000]) { MessageId = $"{number}" }));

        await sender.SendMessagesAsync(batch, Token);

        Assert.Equal(262_144, batch.MaxSizeInBytes);
        await using var receiver = bus.Client.CreateReceiver(Bus.Queue, new ServiceBusReceiverOptions { PrefetchCount = 20 });
        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"{number}"), (await AllAsync(receiver, 50)).Select(message => message.MessageId));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Send_TooLarge_IsRefused()
    {
        await using var bus = new Bus(new SimulatedServiceBusOptions { MaxMessageBytes = 10_000 });

        var error = await Assert.ThrowsAsync<ServiceBusException>(() => bus.SendAsync(Bus.Queue, new ServiceBusMessage(new byte[11_000])));

        Assert.Equal(ServiceBusFailureReason.MessageSizeExceeded, error.Reason);
        Assert.Equal(0, bus.Status(Bus.Queue).Active);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Complete_RemovesTheMessage()
    {
        await using var bus = new Bus();
        await bus.SendAsync(Bus.Queue, new ServiceBusMessage("1"));
        await using var receiver = bus.Client.CreateReceiver(Bus.Queue);

        await receiver.CompleteMessageAsync(await receiver.ReceiveMessageAsync(Wait, Token), Token);

        Assert.Equal(new QueueStatus(Bus.Queue, 0, 0), bus.Status(Bus.Queue));
        Assert.Null(await receiver.ReceiveMessageAsync(None, Token));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Abandon_ThreeTimes_MakesItADeadLetter()
    {
        await using var bus = new Bus();
        await bus.SendAsync(Bus.Queue, new ServiceBusMessage("1"));
        await using var receiver = bus.Client.CreateReceiver(Bus.Queue);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var message = await receiver.ReceiveMessageAsync(Wait, Token);
            Assert.Equal(attempt, message.DeliveryCount);
            await receiver.AbandonMessageAsync(message, cancellationToken: Token);
        }

        await using var dead = bus.Client.CreateReceiver(Bus.Queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        Assert.Equal("MaxDeliveryCountExceeded", (await dead.ReceiveMessageAsync(Wait, Token)).DeadLetterReason);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task DeadLetter_WithReason_CanBeReadAndCompleted()
    {
        await using var bus = new Bus();
        await bus.SendAsync(Bus.Queue, new ServiceBusMessage("1") { MessageId = "acme:1", ApplicationProperties = { ["site"] = "acme" } });
        await using var receiver = bus.Client.CreateReceiver(Bus.Queue);
        await receiver.DeadLetterMessageAsync(await receiver.ReceiveMessageAsync(Wait, Token), "why", "in detail", Token);

        await using var dead = bus.Client.CreateReceiver(Bus.Queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var letter = await dead.ReceiveMessageAsync(Wait, Token);

        Assert.Equal("acme:1", letter.MessageId);
        Assert.Equal("acme", letter.ApplicationProperties["site"]);
        Assert.Equal("why", letter.DeadLetterReason);
        Assert.Equal("in detail", letter.DeadLetterErrorDescription);
        Assert.Equal(Bus.Queue, letter.DeadLetterSource);
        await dead.CompleteMessageAsync(letter, Token);
        Assert.Equal(new QueueStatus(Bus.Queue, 0, 0), bus.Status(Bus.Queue));
    }

    /// <summary>The SDK releases what arrives while no call waits for it. Such a message must not become a dead letter.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Prefetch_ReceiverThatIsClosed_LosesAndCountsNothing()
    {
        await using var bus = new Bus();
        for (var number = 0; number < 10; number++) await bus.SendAsync(Bus.Queue, new ServiceBusMessage("1") { MessageId = $"{number}" });
        for (var round = 0; round < 5; round++)
        {
            await using var greedy = bus.Client.CreateReceiver(Bus.Queue, new ServiceBusReceiverOptions { PrefetchCount = 10 });
            await greedy.CompleteMessageAsync(await greedy.ReceiveMessageAsync(Wait, Token), Token);
        }

        Assert.Equal(new QueueStatus(Bus.Queue, 5, 0), bus.Status(Bus.Queue));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task ReceiveAndDelete_RemovesAtOnce()
    {
        await using var bus = new Bus();
        await bus.SendAsync(Bus.Queue, new ServiceBusMessage("1"));
        await using var receiver = bus.Client.CreateReceiver(Bus.Queue, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });

        Assert.Equal("1", (await receiver.ReceiveMessageAsync(Wait, Token)).Body.ToString());
        Assert.Equal(0, bus.Status(Bus.Queue).Active);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Peek_ReturnsWithoutAChange()
    {
        await using var bus = new Bus();
        await bus.SendAsync(Bus.Queue, new ServiceBusMessage("1") { MessageId = "a" }, new ServiceBusMessage("2") { MessageId = "b" }, new ServiceBusMessage("3") { MessageId = "c" });
        await using var receiver = bus.Client.CreateReceiver(Bus.Queue);

        var first = await receiver.PeekMessagesAsync(2, cancellationToken: Token);
        var next = await receiver.PeekMessagesAsync(5, cancellationToken: Token);

        Assert.Equal(["a", "b"], first.Select(message => message.MessageId));
        Assert.Equal("c", Assert.Single(next).MessageId);
        Assert.Equal("3", next[0].Body.ToString());
        Assert.Empty(await receiver.PeekMessagesAsync(5, cancellationToken: Token));
        Assert.Equal(3, bus.Status(Bus.Queue).Active);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Lock_NotRenewed_ExpiresAndTheMessageComesAgain()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var bus = new Bus(new SimulatedServiceBusOptions { Clock = clock });
        await bus.SendAsync(Bus.Queue, new ServiceBusMessage("1"));
        await using var receiver = bus.Client.CreateReceiver(Bus.Queue);
        var first = await receiver.ReceiveMessageAsync(Wait, Token);
        clock.Advance(TimeSpan.FromSeconds(50));
        await receiver.RenewMessageLockAsync(first, Token);
        clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromSeconds(10), first.LockedUntil);

        clock.Advance(TimeSpan.FromSeconds(11));
        var second = await receiver.ReceiveMessageAsync(Wait, Token);

        Assert.Equal(2, second.DeliveryCount);
        var lost = await Assert.ThrowsAsync<ServiceBusException>(() => receiver.CompleteMessageAsync(first, Token));
        Assert.Equal(ServiceBusFailureReason.MessageLockLost, lost.Reason);
        await receiver.CompleteMessageAsync(second, Token);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Duplicate_WithinTheWindow_IsDropped()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var bus = new Bus(new SimulatedServiceBusOptions { Clock = clock });
        await bus.SendAsync(Bus.Queue, new ServiceBusMessage("1") { MessageId = "same" }, new ServiceBusMessage("2") { MessageId = "same" });
        Assert.Equal(1, bus.Status(Bus.Queue).Active);

        clock.Advance(TimeSpan.FromMinutes(5));
        await bus.SendAsync(Bus.Queue, new ServiceBusMessage("3") { MessageId = "same" });

        Assert.Equal(2, bus.Status(Bus.Queue).Active);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Expiry_OfAMessage_MakesItADeadLetterWhereAsked()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var bus = new Bus(new SimulatedServiceBusOptions { Clock = clock });
        await bus.SendAsync("short", new ServiceBusMessage("1"));
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(new QueueStatus("short", 0, 1), bus.Status("short"));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Topic_Message_GoesToEachSubscriptionThatMatches()
    {
        await using var bus = new Bus();
        await bus.SendAsync(
            Bus.Topic,
            new ServiceBusMessage("1") { SessionId = "i1", ApplicationProperties = { ["site"] = "acme" } },
            new ServiceBusMessage("2") { SessionId = "i2", ApplicationProperties = { ["site"] = "globex" } },
            new ServiceBusMessage("3"));

        Assert.Equal(
            [new QueueStatus("topic/Subscriptions/all", 3, 0), new QueueStatus("topic/Subscriptions/acme", 1, 0), new QueueStatus("topic/Subscriptions/by-issue", 2, 1)],
            bus.Simulated.Status.Where(queue => queue.Path.StartsWith("topic", StringComparison.Ordinal)));
        await using var receiver = bus.Client.CreateReceiver(Bus.Topic, "acme");
        Assert.Equal("1", (await receiver.ReceiveMessageAsync(Wait, Token)).Body.ToString());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Entity_Unknown_IsNotFound()
    {
        await using var bus = new Bus();
        await using var receiver = bus.Client.CreateReceiver(Bus.Topic, "absent");

        var send = await Assert.ThrowsAsync<ServiceBusException>(() => bus.SendAsync("absent", new ServiceBusMessage("1")));
        var receive = await Assert.ThrowsAsync<ServiceBusException>(() => receiver.ReceiveMessageAsync(Wait, Token));

        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, send.Reason);
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, receive.Reason);
    }

    private static async Task<List<ServiceBusReceivedMessage>> AllAsync(ServiceBusReceiver receiver, int count)
    {
        var all = new List<ServiceBusReceivedMessage>();
        while (all.Count < count)
        {
            var some = await receiver.ReceiveMessagesAsync(count - all.Count, Wait, Token);
            if (some.Count == 0) break;

            // The SDK gives new credit only for settled messages.
            foreach (var message in some) await receiver.CompleteMessageAsync(message, Token);
            all.AddRange(some);
        }

        return all;
    }
}
