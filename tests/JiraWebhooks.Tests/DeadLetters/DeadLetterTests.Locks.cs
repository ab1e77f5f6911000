using Azure.Messaging.ServiceBus;
using JiraWebhooks.DeadLetters;
using ServiceBusSimulator;

namespace JiraWebhooks.Tests.DeadLetters;

/// <content>Letters that another call holds, and locks that end.</content>
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

    [Fact(Timeout = Limits.Hang)]
    public async Task Redrive_LockEndsWithinABatch_ReportsWhatItDid()
    {
        await KillAsync("default", Message("1", "SHOP-1"), Message("2", "SHOP-2"), Message("3", "SHOP-3"));
        using var budget = new CancellationTokenSource();
        OnSend(2, () =>
        {
            _clock.Advance(TimeSpan.FromMinutes(2));
            budget.Cancel();
        });

        var result = await _monitor.RunAsync("default", new DeadLetterFilter(), redrive: true, budget.Token);

        Assert.Equal((1, 0, true), (result.Done, result.Skipped, result.NotReached));
        var refused = Assert.Single(result.Refused);
        Assert.Equal(2, refused.SequenceNumber);
        Assert.Contains("call again", refused.Why, StringComparison.Ordinal);
        Assert.Equal(2, (await _monitor.RunAsync("default", new DeadLetterFilter(), redrive: true, Token)).Done);
        Assert.Equal(new QueueStatus($"{Topic}/Subscriptions/default", 3, 0), Status("default"));
    }

    /// <summary>The letters of the batch are unlocked and come again.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Redrive_LockEndsWithinABatch_TakesTheLettersWhenTheyComeAgain()
    {
        await KillAsync("default", Message("1", "SHOP-1"), Message("2", "SHOP-2"), Message("3", "SHOP-3"));
        OnSend(2, () => _clock.Advance(TimeSpan.FromMinutes(2)));

        var result = await _monitor.RunAsync("default", new DeadLetterFilter(), redrive: true, Token);

        Assert.Equal((3, 0, false), (result.Done, result.Skipped, result.NotReached));
        Assert.Empty(result.Refused);
        Assert.Equal(new QueueStatus($"{Topic}/Subscriptions/default", 3, 0), Status("default"));
    }

    private void OnSend(int number, Action act)
    {
        var sends = 0;
        _bus.Faults.OnSend = _ =>
        {
            if (Interlocked.Increment(ref sends) == number) act();
            return null;
        };
    }
}
