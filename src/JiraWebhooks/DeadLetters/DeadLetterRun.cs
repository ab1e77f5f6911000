using Azure.Messaging.ServiceBus;
using JiraWebhooks.Publishing;
using JiraWebhooks.Subscriber;

namespace JiraWebhooks.DeadLetters;

/// <summary>One redrive or drop. Only from the head of the dead letters can a letter be received, so the run takes them one after the other, settles
/// those that match, holds the locks of the others so that they do not come again, and gives them back at the end.</summary>
internal sealed class DeadLetterRun(
    ServiceBusReceiver letters, ServiceBusSender? target, ClaimedBodies bodies, string subscription, DeadLetterFilter filter, TimeProvider clock)
{
    /// <summary>How many letters are looked at.</summary>
    public const int MostLookedAt = 1000;

    private const int AtOnce = 50;

    // An empty answer within this time means that no letter is left that is not locked.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(3);

    // Locked letters. Whatever happens, they are given back at the end.
    private readonly List<ServiceBusReceivedMessage> _held = [];
    private readonly List<RefusedLetter> _refused = [];
    private readonly HashSet<long> _seen = [];
    private int _done;

    public async Task<DeadLetterResult> RunAsync(CancellationToken cancellationToken)
    {
        var (isEmpty, isEnd) = (false, false);
        try
        {
            while (!isEmpty && _done < filter.Limit && _seen.Count < MostLookedAt && !cancellationToken.IsCancellationRequested)
            {
                var some = await letters.ReceiveMessagesAsync(Math.Min(AtOnce, MostLookedAt - _seen.Count), Wait, cancellationToken);
                isEmpty = some.Count == 0;
                _held.AddRange(some);
                foreach (var letter in some) await HandleAsync(letter, cancellationToken);
                await RenewAsync(cancellationToken);
            }

            isEnd = isEmpty && !await HasOthersAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The time is up: what was not reached is in the result.
        }
        finally
        {
            foreach (var letter in _held) await GiveBackAsync(letter);
        }

        return new DeadLetterResult(_done, _held.Count - _refused.Count - (filter.DryRun ? _done : 0), NotReached: !isEnd)
        {
            Missing = [.. (filter.SequenceNumbers ?? []).Except(_seen)],
            Refused = _refused,
        };
    }

    // True if there are letters that this run has not seen: another call has them locked, or was ended before it gave them back.
    private async Task<bool> HasOthersAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (var from = 0L; ;)
            {
                var some = await letters.PeekMessagesAsync(AtOnce, from, cancellationToken);
                if (some.Count == 0) return false;
                if (!some.All(letter => _seen.Contains(letter.SequenceNumber))) return true;

                // Most numbers follow each other, so most of what this run holds is not read again.
                from = some[^1].SequenceNumber + 1;
                while (_seen.Contains(from)) from++;
            }
        }
        catch (ServiceBusException)
        {
            // What was done is in the result all the same.
            return true;
        }
    }

    private async Task HandleAsync(ServiceBusReceivedMessage letter, CancellationToken cancellationToken)
    {
        _seen.Add(letter.SequenceNumber);
        var isWanted = _done < filter.Limit && !cancellationToken.IsCancellationRequested && filter.Matches(DeadLetterMessages.Describe(letter, clock.GetUtcNow()));
        if (!isWanted || filter.DryRun)
        {
            if (isWanted) _done++;
            return;
        }

        if (target is not null && await RedriveAsync(letter, target) is { } why)
        {
            _refused.Add(new RefusedLetter(letter.SequenceNumber, why));
            return;
        }

        // Not cancelled: a letter that was sent again and not removed comes twice, unless the topic still remembers its new identity.
        await letters.CompleteMessageAsync(letter, CancellationToken.None);
        _held.Remove(letter);
        _done++;
    }

    // Returns why it was not sent, or null.
    private async Task<string?> RedriveAsync(ServiceBusReceivedMessage letter, ServiceBusSender sender)
    {
        if (letter.ApplicationProperties.GetValueOrDefault(EventProperties.DataRef) is string reference
            && !await bodies.RenewAsync(reference, clock.GetUtcNow(), CancellationToken.None))
        {
            return "Its body is no longer in Blob Storage, so a subscriber could not read it. Drop it, and recover the time with POST /api/sites/{site}/recover.";
        }

        await sender.SendMessageAsync(DeadLetterMessages.Redrive(letter, subscription), CancellationToken.None);
        return null;
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var letter in _held.Where(letter => letter.LockedUntil - now < TimeSpan.FromSeconds(30)))
        {
            await letters.RenewMessageLockAsync(letter, cancellationToken);
        }
    }

    private async Task GiveBackAsync(ServiceBusReceivedMessage letter)
    {
        try
        {
            await letters.AbandonMessageAsync(letter, cancellationToken: CancellationToken.None);
        }
        catch (ServiceBusException)
        {
            // its lock ends by itself
        }
    }
}
