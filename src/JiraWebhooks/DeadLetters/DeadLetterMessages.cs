using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Azure.Messaging.ServiceBus;
using JiraWebhooks.Subscriber;

namespace JiraWebhooks.DeadLetters;

/// <summary>Reads a dead letter, and makes the message that takes its place.</summary>
internal static partial class DeadLetterMessages
{
    private const int MostIdCharacters = 128;

    public static DeadLetter Describe(ServiceBusReceivedMessage message, DateTimeOffset now)
    {
        var properties = message.ApplicationProperties;
        (string Property, string Mark)[] marks =
        [
            (EventProperties.Recovered, "recovered"), (EventProperties.Reconstructed, "reconstructed"), (EventProperties.OwnChange, "own_change"),
            (EventProperties.Redriven, "redriven"), (EventProperties.DataRef, "claim_check"),
        ];
        return new DeadLetter(message.SequenceNumber, message.MessageId, message.EnqueuedTime, Math.Round((now - message.EnqueuedTime).TotalHours, 1), message.DeliveryCount)
        {
            Reason = message.DeadLetterReason,
            Description = message.DeadLetterErrorDescription,
            Event = Text(properties, EventProperties.Type),
            Site = Text(properties, EventProperties.Site),
            Issue = Text(properties, EventProperties.Subject) ?? Text(properties, EventProperties.IssueId),
            Marks = [.. marks.Where(mark => properties.ContainsKey(mark.Property)).Select(mark => mark.Mark)],
        };
    }

    /// <summary>The message to send in place of the letter. Its identity is new, because the topic remembers the old one; it is the same if the same
    /// letter is redriven again after a crash, so that the topic drops the second.</summary>
    public static ServiceBusMessage Redrive(ServiceBusReceivedMessage letter, string subscription)
    {
        var message = new ServiceBusMessage(letter) { MessageId = NewId(letter.MessageId, letter.SequenceNumber, subscription) };
        message.ApplicationProperties.Remove("DeadLetterReason");
        message.ApplicationProperties.Remove("DeadLetterErrorDescription");
        message.ApplicationProperties[EventProperties.Redriven] = true;
        message.ApplicationProperties[EventProperties.To] = subscription;
        return message;
    }

    /// <summary>The new identity: <c>{old}:r{number}-{subscription}</c>, at most 128 characters. The subscription is in it, as a hash, because numbers
    /// count per subscription: one event that died in two of them may have the same number in both, and the topic would drop the second.</summary>
    internal static string NewId(string old, long sequenceNumber, string subscription)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":r{sequenceNumber}-{Hash(subscription.ToLowerInvariant())[..8]}");
        var first = Suffix().Replace(old, "");
        if (first.Length + suffix.Length > MostIdCharacters) first = Hash(first);
        return first + suffix;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string? Text(IReadOnlyDictionary<string, object> properties, string name) => properties.GetValueOrDefault(name) as string;

    // Letters of an earlier version have no hash.
    [GeneratedRegex(@":r[0-9]{1,19}(-[0-9a-f]{8})?\z")]
    private static partial Regex Suffix();
}
