using System.Buffers.Binary;
using System.Security.Cryptography;

namespace JiraWebhooks.Deliveries;

/// <summary>Replaces a missing X-Atlassian-Webhook-Identifier (docs/jira-behaviour.md#one-identity): the same event always gets the same identifier,
/// and two events never share one, because the bus would silently drop the second event.</summary>
internal static class FallbackIdentifier
{
    /// <summary>A hash of event, entity ids and timestamp. If they do not identify one event (no comment, worklog or changelog, or no timestamp), the
    /// body is hashed too.</summary>
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

    // The length prefix separates "ab"+"c" from "a"+"bc".
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        hash.AppendData(length);
        hash.AppendData(value);
    }
}
