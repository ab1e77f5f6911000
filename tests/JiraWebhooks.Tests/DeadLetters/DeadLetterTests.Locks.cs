using Azure.Messaging.ServiceBus;
using JiraWebhooks.DeadLetters;
using JiraWebhooks.Publishing;
using JiraWebhooks.Storage;
using ServiceBusSimulator;

namespace JiraWebhooks.Tests.DeadLetters;

/// <content>Letters that another call holds, locks that end, and letters far behind the head.</content>
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

    [Fact(Timeout = Limits.Hang)]
    public async Task Drop_MatchesBehindAThousandOthers_AreReached()
    {
        await KillAsync("default", [.. Enumerable.Range(1, 1001).Select(number => Message($"{number}", "SHOP-1")), Message("last", "SHOP-2", site: "globex")]);

        var result = await _monitor.RunAsync("default", new DeadLetterFilter { Site = "globex" }, redrive: false, Token);

        Assert.Equal((1, 1001, false), (result.Done, result.Skipped, result.NotReached));
        Assert.Equal(1001, Status("default").Dead);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Drop_OthersFillWhatACallMayHold_SaysBlocked()
    {
        await KillAsync("default", [.. Enumerable.Range(1, 60).Select(number => Message($"{number}", "SHOP-1")), Message("last", "SHOP-2", site: "globex")]);
        await using var letters = _client.CreateReceiver(Topic, "default", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var run = new DeadLetterRun(
            letters, null, new ClaimedBodies(new LazyContainer(_blobs, "jira-bodies")), "default", new DeadLetterFilter { Site = "globex" }, _clock, mostHeld: 1000);

        var result = await run.RunAsync(Token);

        Assert.Equal((0, true, true), (result.Done, result.NotReached, result.Blocked));
        Assert.Equal(61, (await _monitor.RunAsync("default", new DeadLetterFilter(), redrive: false, Token)).Done);
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
