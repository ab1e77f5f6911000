using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace JiraWebhooks.DeadLetters;

/// <summary>The letters that a run has locked. A letter whose lock ends is no longer held, and the run receives it again.</summary>
internal sealed class HeldLetters(ServiceBusReceiver letters, TimeProvider clock)
{
    // A lock of the template's subscriptions ends after a minute.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(30);

    // Shorter locks would be renewed before each letter.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // A letter has properties and objects of the SDK besides its body.
    private const int BytesBesideBody = 4096;

    // One after the other, thousands of locks would end before their turn.
    private const int AtOnce = 16;

    private readonly Dictionary<long, ServiceBusReceivedMessage> _held = [];
    private long _renewed = clock.GetTimestamp();

    /// <summary>About how much memory the letters use.</summary>
    public long Bytes => _held.Values.Sum(letter => (long)letter.Body.ToMemory().Length + BytesBesideBody);

    public void Add(IEnumerable<ServiceBusReceivedMessage> received)
    {
        foreach (var letter in received) _held[letter.SequenceNumber] = letter;
    }

    public bool Has(ServiceBusReceivedMessage letter) => _held.GetValueOrDefault(letter.SequenceNumber) == letter;

    /// <summary>Renews the locks that end soon.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (clock.GetElapsedTime(_renewed) < Pause) return;

        var end = clock.GetUtcNow() + Least;
        var lost = new ConcurrentBag<long>();
        await Parallel.ForEachAsync(_held.Values.Where(letter => letter.LockedUntil < end), Together(cancellationToken), async (letter, token) =>
        {
            if (!await HasLockAsync(letters.RenewMessageLockAsync(letter, token))) lost.Add(letter.SequenceNumber);
        });
        foreach (var number in lost) _held.Remove(number);
        _renewed = clock.GetTimestamp();
    }

    /// <summary>Removes a letter for good; false if its lock had ended.</summary>
    public async Task<bool> CompleteAsync(ServiceBusReceivedMessage letter)
    {
        var isRemoved = await HasLockAsync(letters.CompleteMessageAsync(letter, CancellationToken.None));
        _held.Remove(letter.SequenceNumber);
        return isRemoved;
    }

    /// <summary>Unlocks all letters, so that they are there for the next call.</summary>
    public Task GiveBackAsync() => Parallel.ForEachAsync(_held.Values, Together(CancellationToken.None), async (letter, _) =>
    {
        try
        {
            await letters.AbandonMessageAsync(letter, cancellationToken: CancellationToken.None);
        }
        catch (ServiceBusException)
        {
            // its lock ends by itself
        }
    });

    private static ParallelOptions Together(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };

    private static async Task<bool> HasLockAsync(Task settling)
    {
        try
        {
            await settling;
            return true;
        }
        catch (ServiceBusException lost) when (lost.Reason is ServiceBusFailureReason.MessageLockLost)
        {
            return false;
        }
    }
}
