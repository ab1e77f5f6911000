using Azure.Messaging.ServiceBus;
using JiraWebhooks.DeadLetters;

namespace JiraWebhooks.Tests.DeadLetters;

/// <content>Letters that another call holds.</content>
public sealed partial class DeadLetterTests
{
    /// <summary>A call that was killed gives nothing back: its locks end by themselves.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Drop_LettersLockedByAnotherCall_SaysNotReached()
    {
        await KillAsync("default", Message("1", "SHOP-1"), Message("2", "SHOP-2"), Message("3", "SHOP-3"));
        await using var killed = _client.CreateReceiver(Topic, "default", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        await killed.ReceiveMessageAsync(cancellationToken: Token);

        var first = await _monitor.RunAsync("default", new DeadLetterFilter { SequenceNumbers = [2] }, redrive: false, Token);
        _clock.Advance(TimeSpan.FromMinutes(2));
        var second = await _monitor.RunAsync("default", new DeadLetterFilter(), redrive: false, Token);

        Assert.Equal((1, true), (first.Done, first.NotReached));
        Assert.Equal((2, false), (second.Done, second.NotReached));
    }
}
