using System.Buffers.Binary;
using System.Security.Cryptography;

namespace JiraWebhooks.Deliveries;

/// <summary>Stands in for X-Atlassian-Webhook-Identifier where it is missing (docs/jira-behaviour.md#one-identity): the same event always gets the same one, and no two
/// events share one, since the bus would silently drop the second.</summary>
internal static class FallbackIdentifier
{
    /// <summary>A hash of event, entity ids and timestamp. Where they do not pin one event down (no comment, worklog or changelog, or no
    /// timestamp), the body is hashed as well.</summary>
    public static string Of(in Envelope envelope, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, envelope.Event);
        Append(hash, envelope.IssueId);
        Append(hash, envelope.CommentId);
        Append(hash, envelope.WorklogId);
        Append(hash, envelope.ChangelogId);

        Span<byte> timestamp = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(timestamp, envelope.Timestamp ?? 0);
        hash.AppendData(timestamp);

        var pinned = envelope.Timestamp is not null && !(envelope.CommentId.IsEmpty && envelope.WorklogId.IsEmpty && envelope.ChangelogId.IsEmpty);
        if (!pinned) hash.AppendData(body);

        return $"hash-{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    // The length in front keeps "ab"+"c" apart from "a"+"bc".
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        hash.AppendData(length);
        hash.AppendData(value);
    }
}
