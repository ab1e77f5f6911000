using System.Globalization;
using System.Text.Json;
using static JiraWebhooks.Subscriber.JsonMembers;

namespace JiraWebhooks.Subscriber;

/// <summary>Reads the properties that only the body has.</summary>
internal static class BodyReader
{
    // To parse a value takes time for each level that it is in. Without this limit, a body of 25 MB could occupy a subscriber for days.
    private const int MostLevels = 256;

    // Jira writes 2026-01-05T09:00:00.000+0100, without the colon that ISO 8601 has there.
    private static readonly string[] Dates = ["yyyy-MM-dd'T'HH:mm:ss.fffzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static JiraEvent Read(JiraEvent message)
    {
        if (message.IsClaimCheck) return message;
        var bytes = message.Body.ToMemory();
        if (bytes.IsEmpty) return message with { BodyProblem = message.IsBodyMissing ? "Jira kept no body of this delivery." : "The body is empty." };

        // A byte order mark is no JSON (RFC 8259, section 8.1: a parser may ignore it).
        var mark = bytes.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
        try
        {
            using var json = JsonDocument.Parse(bytes[mark..], new JsonDocumentOptions { MaxDepth = MostLevels });
            return json.RootElement.ValueKind is JsonValueKind.Object
                ? Read(message with { BodyProblem = null }, json.RootElement)
                : message with { BodyProblem = "The body is not a JSON object." };
        }
        catch (JsonException invalid)
        {
            var position = invalid.BytePositionInLine + (invalid.LineNumber == 0 ? mark : 0);
            return message with { BodyProblem = $"The body is not valid JSON, or has more than {MostLevels} levels, at byte {position} of line {invalid.LineNumber + 1}." };
        }
    }

    private static JiraEvent Read(JiraEvent message, JsonElement body)
    {
        var issue = message.IsReconstructed ? body : Member(body, "issue");
        var (comment, worklog) = (Member(body, "comment"), Member(body, "worklog"));
        return message with
        {
            IssueId = message.IssueId ?? Text(issue, "id"),
            IssueKey = message.IssueKey ?? Text(issue, "key"),
            IssueUpdated = Date(Text(Member(issue, "fields"), "updated")),
            CommentId = Text(comment, "id"),
            WorklogId = Text(worklog, "id"),
            ActorAccountId = message.IsReconstructed ? null : Actor(message.Type, body, comment, worklog),
            Changelog = Items(Member(body, "changelog")),
        };
    }

    // As the publisher decides jira_own_change: the user of a user event is the account that was changed, and a deletion does not name who deletes.
    private static string? Actor(string type, JsonElement body, JsonElement comment, JsonElement worklog)
    {
        if (type.StartsWith("user_", StringComparison.Ordinal)) return null;
        if (Account(body, "user") is { } user) return user;
        if (type.EndsWith("_deleted", StringComparison.Ordinal)) return null;

        return Account(comment, "updateAuthor") ?? Account(comment, "author") ?? Account(worklog, "updateAuthor") ?? Account(worklog, "author")
            ?? Account(Member(body, "attachment"), "author");
    }

    private static string? Account(JsonElement parent, string name) => Text(Member(parent, name), "accountId");

    private static List<ChangelogItem> Items(JsonElement changelog)
    {
        var items = new List<ChangelogItem>();
        if (Member(changelog, "items") is not { ValueKind: JsonValueKind.Array } list) return items;

        foreach (var item in list.EnumerateArray())
        {
            items.Add(new ChangelogItem(Text(item, "field"), Text(item, "fieldId"), Text(item, "from"), Text(item, "fromString"), Text(item, "to"), Text(item, "toString")));
        }

        return items;
    }

    private static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParseExact(text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
}
