using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using JiraWebhooks.Deliveries;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>An envelope as comparable text, and the same made by a second, slow reader on the DOM.</summary>
internal sealed partial record EnvelopeSnapshot(
    string Event, long? Timestamp, string? WebhookIds, string IssueId, string IssueKey, string IssueSelf,
    string UserSelf, string CommentId, string CommentSelf, string WorklogId, string WorklogIssueId, string ChangelogId, string Actor, string Links)
{
    public static readonly EnvelopeSnapshot Nothing = new("", null, null, "", "", "", "", "", "", "", "", "", "", "|||||");

    public static EnvelopeSnapshot Read(ReadOnlySpan<byte> body)
    {
        var envelope = EnvelopeReader.Read(body);
        return new(
            Text(envelope.Event), envelope.Timestamp, JiraWebhooks.Deliveries.WebhookIds.Format(envelope.WebhookIds),
            Text(envelope.IssueId), Text(envelope.IssueKey), Text(envelope.IssueSelf), Text(envelope.UserSelf),
            Text(envelope.CommentId), Text(envelope.CommentSelf), Text(envelope.WorklogId), Text(envelope.WorklogIssueId),
            Text(envelope.ChangelogId), Text(envelope.Actor),
            string.Join('|', Text(envelope.WorklogSelf), Text(envelope.AttachmentSelf), Text(envelope.SprintSelf),
                Text(envelope.BoardSelf), Text(envelope.VersionSelf), Text(envelope.ProjectSelf)));
    }

    public static EnvelopeSnapshot ReadWithDom(string json)
    {
        using var document = JsonDocument.Parse(ForTheDom(json), new JsonDocumentOptions { MaxDepth = 1000 });
        var root = document.RootElement;
        if (root.ValueKind is not JsonValueKind.Object) return Nothing;

        return new(
            String(root, "webhookEvent"), Number(Scalar(root, "timestamp")), Ids(root), Scalar(root, "issue", "id"), String(root, "issue", "key"),
            String(root, "issue", "self"), Scalar(root, "user", "self"), Scalar(root, "comment", "id"), String(root, "comment", "self"),
            Scalar(root, "worklog", "id"), Scalar(root, "worklog", "issueId"), Scalar(root, "changelog", "id"), ActorOf(root),
            string.Join('|', String(root, "worklog", "self"), String(root, "attachment", "self"), Scalar(root, "sprint", "self"), Scalar(root, "board", "self"), Scalar(root, "version", "self"), Scalar(root, "project", "self")));
    }

    /// <summary>The DOM throws where it meets half a surrogate pair; any other character makes it as unknown a name.</summary>
    public static string ForTheDom(string json) => SurrogateEscape().Replace(json, @"\ufffd");

    private static string ActorOf(JsonElement root)
    {
        if (String(root, "webhookEvent").StartsWith("user_", StringComparison.Ordinal)) return "";
        if (Scalar(root, "user", "accountId") is { Length: > 0 } user) return user;
        if (String(root, "webhookEvent").EndsWith("_deleted", StringComparison.Ordinal)) return "";

        string[] candidates =
        [
            Scalar(root, "comment", "updateAuthor", "accountId"), Scalar(root, "comment", "author", "accountId"),
            Scalar(root, "worklog", "updateAuthor", "accountId"), Scalar(root, "worklog", "author", "accountId"),
            Scalar(root, "attachment", "author", "accountId"),
        ];
        return Array.Find(candidates, candidate => candidate.Length > 0) ?? "";
    }

    private static JsonElement? Find(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind is not JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
        }

        return element;
    }

    private static string Scalar(JsonElement root, params ReadOnlySpan<string> path) => Find(root, path) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => "",
    };

    private static string String(JsonElement root, params ReadOnlySpan<string> path) =>
        Find(root, path) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static long? Number(string text) =>
        long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Ids(JsonElement root)
    {
        if (Find(root, "matchedWebhookIds") is not { ValueKind: JsonValueKind.Array } array) return null;

        var ids = array.EnumerateArray()
            .Where(item => item.ValueKind is JsonValueKind.Number or JsonValueKind.String)
            .Select(item => Number(item.ValueKind is JsonValueKind.String ? item.GetString()! : item.GetRawText()))
            .OfType<long>()
            .ToList();
        return ids.Count == 0 ? null : $",{string.Join(',', ids)},";
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    [GeneratedRegex(@"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")]
    private static partial Regex SurrogateEscape();
}
