using System.Text.Json;

namespace JiraWebhooks.Deliveries;

/// <summary>Reads the envelope in one forward pass without allocating objects (docs/architecture.md#one-pass-envelope). Unknown content is skipped
/// (docs/jira-behaviour.md#unknown-content);
/// if a member is repeated, the last one counts, as in most JSON parsers. It never throws: invalid JSON gives an empty envelope.</summary>
internal static class EnvelopeReader
{
    // The reader does not recurse: each level costs one bit, and the size of the body limits the depth. A limit here would only lose properties.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>Reads <paramref name="body"/>, which the result points into.</summary>
    public static Envelope Read(ReadOnlySpan<byte> body)
    {
        var json = body.StartsWith("\uFEFF"u8) ? body[3..] : body;
        try
        {
            var envelope = default(Envelope);
            var reader = new Utf8JsonReader(json, AnyDepth);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject) return default;

            while (Next(ref reader)) ReadMember(ref reader, json, ref envelope);
            reader.Read();
            envelope.IsReadable = true;
            return envelope;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static void ReadMember(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ref Envelope envelope)
    {
        if (reader.ValueTextEquals("issue"u8)) ReadIssue(ref reader, ref envelope);
        else if (reader.ValueTextEquals("comment"u8)) ReadComment(ref reader, ref envelope);
        else if (reader.ValueTextEquals("worklog"u8)) ReadWorklog(ref reader, ref envelope);
        else if (reader.ValueTextEquals("user"u8)) ReadUser(ref reader, ref envelope);
        else if (reader.ValueTextEquals("attachment"u8)) ReadAttachment(ref reader, ref envelope);
        else if (reader.ValueTextEquals("sprint"u8)) envelope.SprintSelf = MemberOf(ref reader, "self"u8);
        else if (reader.ValueTextEquals("board"u8)) envelope.BoardSelf = MemberOf(ref reader, "self"u8);
        else if (reader.ValueTextEquals("version"u8)) envelope.VersionSelf = MemberOf(ref reader, "self"u8);
        else if (reader.ValueTextEquals("project"u8)) envelope.ProjectSelf = MemberOf(ref reader, "self"u8);
        else if (reader.ValueTextEquals("changelog"u8)) envelope.ChangelogId = MemberOf(ref reader, "id"u8);
        else if (reader.ValueTextEquals("webhookEvent"u8)) envelope.Event = JsonText.ReadString(ref reader);
        else if (reader.ValueTextEquals("timestamp"u8)) envelope.Timestamp = JsonText.ReadTime(ref reader);
        else if (reader.ValueTextEquals("matchedWebhookIds"u8)) envelope.WebhookIds = JsonText.ReadArray(ref reader, json);
        else reader.Skip();
    }

    private static void ReadIssue(scoped ref Utf8JsonReader reader, ref Envelope envelope)
    {
        envelope.IssueId = envelope.IssueKey = envelope.IssueSelf = default;
        if (!Enter(ref reader)) return;

        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("id"u8)) envelope.IssueId = JsonText.ReadScalar(ref reader);
            else if (reader.ValueTextEquals("key"u8)) envelope.IssueKey = JsonText.ReadString(ref reader);
            else if (reader.ValueTextEquals("self"u8)) envelope.IssueSelf = JsonText.ReadString(ref reader);
            else reader.Skip();
        }
    }

    private static void ReadUser(scoped ref Utf8JsonReader reader, ref Envelope envelope)
    {
        envelope.UserSelf = envelope.UserAccount = default;
        if (!Enter(ref reader)) return;

        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("self"u8)) envelope.UserSelf = JsonText.ReadScalar(ref reader);
            else if (reader.ValueTextEquals("accountId"u8)) envelope.UserAccount = JsonText.ReadScalar(ref reader);
            else reader.Skip();
        }
    }

    private static void ReadComment(scoped ref Utf8JsonReader reader, ref Envelope envelope)
    {
        envelope.CommentId = envelope.CommentSelf = envelope.CommentAuthor = envelope.CommentUpdateAuthor = default;
        if (!Enter(ref reader)) return;

        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("id"u8)) envelope.CommentId = JsonText.ReadScalar(ref reader);
            else if (reader.ValueTextEquals("self"u8)) envelope.CommentSelf = JsonText.ReadString(ref reader);
            else if (reader.ValueTextEquals("author"u8)) envelope.CommentAuthor = MemberOf(ref reader, "accountId"u8);
            else if (reader.ValueTextEquals("updateAuthor"u8)) envelope.CommentUpdateAuthor = MemberOf(ref reader, "accountId"u8);
            else reader.Skip();
        }
    }

    private static void ReadWorklog(scoped ref Utf8JsonReader reader, ref Envelope envelope)
    {
        envelope.WorklogId = envelope.WorklogIssueId = envelope.WorklogSelf = envelope.WorklogAuthor = envelope.WorklogUpdateAuthor = default;
        if (!Enter(ref reader)) return;

        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("id"u8)) envelope.WorklogId = JsonText.ReadScalar(ref reader);
            else if (reader.ValueTextEquals("issueId"u8)) envelope.WorklogIssueId = JsonText.ReadScalar(ref reader);
            else if (reader.ValueTextEquals("self"u8)) envelope.WorklogSelf = JsonText.ReadString(ref reader);
            else if (reader.ValueTextEquals("author"u8)) envelope.WorklogAuthor = MemberOf(ref reader, "accountId"u8);
            else if (reader.ValueTextEquals("updateAuthor"u8)) envelope.WorklogUpdateAuthor = MemberOf(ref reader, "accountId"u8);
            else reader.Skip();
        }
    }

    private static void ReadAttachment(scoped ref Utf8JsonReader reader, ref Envelope envelope)
    {
        envelope.AttachmentSelf = envelope.AttachmentAuthor = default;
        if (!Enter(ref reader)) return;

        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("self"u8)) envelope.AttachmentSelf = JsonText.ReadString(ref reader);
            else if (reader.ValueTextEquals("author"u8)) envelope.AttachmentAuthor = MemberOf(ref reader, "accountId"u8);
            else reader.Skip();
        }
    }

    private static ReadOnlySpan<byte> MemberOf(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> value = default;
        if (!Enter(ref reader)) return value;

        while (Next(ref reader))
        {
            if (reader.ValueTextEquals(name)) value = JsonText.ReadScalar(ref reader);
            else reader.Skip();
        }

        return value;
    }

    // Moves from a member's name into its object. Any other value is skipped.
    private static bool Enter(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.StartObject) return true;

        reader.Skip();
        return false;
    }

    // Moves to the next name that may be one of ours. Half a surrogate pair cannot be compared without an exception, so names with an escape from
    // \uD000 on are skipped like unknown names.
    private static bool Next(scoped ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (!reader.ValueIsEscaped || (reader.ValueSpan.IndexOf("\\ud"u8) < 0 && reader.ValueSpan.IndexOf("\\uD"u8) < 0)) return true;

            reader.Skip();
        }

        return false;
    }
}
