using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Time.Testing;

namespace ServiceBusSimulator.Tests;

/// <summary>Sessions, with the real SDK of .NET.</summary>
public sealed class SessionTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Accept_Next_IsTheSessionOfTheOldestMessage_AndKeepsOthersOut()
    {
        await using var bus = new Bus();
        await bus.SendAsync(Bus.SessionQueue, Message("b", "1"), Message("a", "2"), Message("b", "3"));

        await using var first = await bus.Client.AcceptNextSessionAsync(Bus.SessionQueue, cancellationToken: Token);
        await using var second = await bus.Client.AcceptNextSessionAsync(Bus.SessionQueue, cancellationToken: Token);

        Assert.Equal("b", first.SessionId);
        Assert.Equal("a", second.SessionId);
        Assert.InRange(first.SessionLockedUntil, DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.MaxValue);
        Assert.Equal(["1", "3"], (await first.ReceiveMessagesAsync(2, Wait, Token)).Select(message => message.Body.ToString()));
        var locked = await Assert.ThrowsAsync<ServiceBusException>(() => bus.Client.AcceptSessionAsync(Bus.SessionQueue, "a", cancellationToken: Token));
        Assert.Equal(ServiceBusFailureReason.SessionCannotBeLocked, locked.Reason);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Accept_NoSession_IsATimeout()
    {
        await using var bus = new Bus(client: new ServiceBusClientOptions { RetryOptions = { MaxRetries = 0, TryTimeout = TimeSpan.FromSeconds(2) } });

        var none = await Assert.ThrowsAsync<ServiceBusException>(() => bus.Client.AcceptNextSessionAsync(Bus.SessionQueue, cancellationToken: Token));

        Assert.Equal(ServiceBusFailureReason.ServiceTimeout, none.Reason);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Accept_MessageThatComesLater_EndsTheWait()
    {
        await using var bus = new Bus();
        var waiting = bus.Client.AcceptNextSessionAsync(Bus.SessionQueue, cancellationToken: Token);
        await bus.SendAsync(Bus.SessionQueue, Message("a", "1"));

        await using var session = await waiting;

        Assert.Equal("1", (await session.ReceiveMessageAsync(Wait, Token)).Body.ToString());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Close_WithAnUnsettledMessage_GivesItToTheNextReceiver()
    {
        await using var bus = new Bus();
        await bus.SendAsync(Bus.SessionQueue, Message("a", "1"), Message("a", "2"));
        await using (var first = await bus.Client.AcceptSessionAsync(Bus.SessionQueue, "a", cancellationToken: Token))
        {
            await first.ReceiveMessageAsync(Wait, Token);
        }

        await using var second = await bus.Client.AcceptNextSessionAsync(Bus.SessionQueue, cancellationToken: Token);
        var messages = await second.ReceiveMessagesAsync(2, Wait, Token);

        Assert.Equal("1", messages[0].Body.ToString());
        await second.CompleteMessageAsync(messages[0], Token);
        Assert.InRange(bus.Status(Bus.SessionQueue).Active, 1, 1);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Lock_RenewedAndThenNot_IsLost()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var bus = new Bus(new SimulatedServiceBusOptions { Clock = clock });
        await bus.SendAsync(Bus.SessionQueue, Message("a", "1"));
        await using var session = await bus.Client.AcceptNextSessionAsync(Bus.SessionQueue, cancellationToken: Token);
        clock.Advance(TimeSpan.FromSeconds(50));
        await session.RenewSessionLockAsync(Token);
        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromMinutes(1), session.SessionLockedUntil);
        var message = await session.ReceiveMessageAsync(Wait, Token);

        clock.Advance(TimeSpan.FromSeconds(61));

        // SessionLockLost, or ObjectDisposedException if the SDK has noticed that the link was closed.
        await Assert.ThrowsAnyAsync<Exception>(() => session.CompleteMessageAsync(message, Token));
        await using var next = await bus.Client.AcceptNextSessionAsync(Bus.SessionQueue, cancellationToken: Token);
        Assert.Equal(2, (await next.ReceiveMessageAsync(Wait, Token)).DeliveryCount);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Send_WithoutASession_IsRefusedByTheQueue()
    {
        await using var bus = new Bus();

        await Assert.ThrowsAsync<InvalidOperationException>(() => bus.SendAsync(Bus.SessionQueue, new ServiceBusMessage("1")));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Processor_ManySessions_KeepsTheOrderInEach()
    {
        await using var bus = new Bus();
        var seen = new Dictionary<string, List<int>>();
        var left = 100;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var processor = bus.Client.CreateSessionProcessor(Bus.Topic, "by-issue",
            new ServiceBusSessionProcessorOptions { MaxConcurrentSessions = 4, SessionIdleTimeout = TimeSpan.FromSeconds(1) });
        processor.ProcessMessageAsync += message =>
        {
            lock (seen)
            {
                if (!seen.TryGetValue(message.SessionId, out var list)) seen.Add(message.SessionId, list = []);
                list.Add(int.Parse(message.Message.Body.ToString(), provider: null));
                if (--left == 0) done.SetResult();
            }

            return Task.CompletedTask;
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync(Token);

        for (var number = 0; number < 100; number++) await bus.SendAsync(Bus.Topic, Message($"issue-{number % 5}", $"{number}"));
        await done.Task.WaitAsync(Token);
        await processor.StopProcessingAsync(Token);

        Assert.Equal(5, seen.Count);
        Assert.All(seen.Values, numbers => Assert.Equal(numbers.Order(), numbers));
    }

    private static ServiceBusMessage Message(string session, string body) => new(body) { SessionId = session };
}
