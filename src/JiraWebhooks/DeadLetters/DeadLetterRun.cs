using Azure.Messaging.ServiceBus;
using JiraWebhooks.Publishing;
using JiraWebhooks.Subscriber;

namespace JiraWebhooks.DeadLetters;

/// <summary>One redrive or drop. Only from the head of the dead letters can a letter be received, so the run takes them one after the other, settles
/// those that match, holds the locks of the others so that they do not come again, and gives them back at the end.</summary>
internal sealed class DeadLetterRun(
    ServiceBusReceiver letters, ServiceBusSender? target, ClaimedBodies bodies, string subscription, DeadLetterFilter filter, TimeProvider clock, long mostHeld)
{
    /// <summary>How many bytes of letters a run holds at most, until the batch that exceeds it.</summary>
    public const long MostHeld = 64 * 1024 * 1024;

    private const int AtOnce = 50;

    // An empty answer within this time means that no letter is left that is not locked.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(3);

    private readonly HeldLetters _held = new(letters, clock);
    private readonly Dictionary<long, string> _refused = [];
    private readonly HashSet<long> _seen = [];
    private readonly HashSet<long> _done = [];

    public async Task<DeadLetterResult> RunAsync(CancellationToken cancellationToken)
    {
        var (isEmpty, isFull, isEnd) = (false, false, false);
        try
        {
            while (!isEmpty && !isFull && _done.Count < filter.Limit && !cancellationToken.IsCancellationRequested)
            {
                var some = await letters.ReceiveMessagesAsync(AtOnce, Wait, cancellationToken);
                isEmpty = some.Count == 0;
                _held.Add(some);
                foreach (var letter in some)
                {
                    await _held.RenewAsync(cancellationToken);
                    if (_held.Has(letter)) await HandleAsync(letter, cancellationToken);
                }

                isFull = _held.Bytes >= mostHeld;
            }

            isEnd = isEmpty && !await HasOthersAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The time is up: what was not reached is in the result.
        }
        finally
        {
            await _held.GiveBackAsync();
        }

        return new DeadLetterResult(_done.Count, _seen.Count - _done.Count - _refused.Count, NotReached: !isEnd)
        {
            Blocked = isFull,
            Missing = [.. (filter.SequenceNumbers ?? []).Except(_seen)],
            Refused = [.. _refused.Select(refused => new RefusedLetter(refused.Key, refused.Value))],
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
        var number = letter.SequenceNumber;
        _seen.Add(number);
        var isWanted = _done.Count < filter.Limit && !cancellationToken.IsCancellationRequested && filter.Matches(DeadLetterMessages.Describe(letter, clock.GetUtcNow()));
        if (!isWanted || filter.DryRun)
        {
            if (isWanted) _done.Add(number);
            return;
        }

        _refused.Remove(number); // it may come a second time
        if (target is not null && await RedriveAsync(letter, target) is { } why)
        {
            _refused.Add(number, why);
            return;
        }

        // Not cancelled: a letter that was sent again and not removed comes twice, unless the topic still remembers its new identity.
        if (await _held.CompleteAsync(letter)) _done.Add(number);
        else _refused.Add(number, $"{(target is null ? "" : "It was sent again. ")}It is still listed, because its lock ended before it was removed: call again.");
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
}
