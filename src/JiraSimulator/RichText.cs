using System.Text.Json.Nodes;

namespace JiraSimulator;

/// <summary>The fields of an issue that are text in version 2 of the API, as in deliveries, and documents in version 3
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/"/>).</summary>
internal static class RichText
{
    private static readonly string[] Fields = ["description", "environment"];

    /// <summary>The same issue with documents.</summary>
    public static string AsDocuments(string issue)
    {
        var node = JsonNode.Parse(issue)!.AsObject();
        if (node["fields"] is not JsonObject fields) return issue;

        foreach (var name in Fields)
        {
            if (fields[name] is JsonValue value && value.TryGetValue<string>(out var text)) fields[name] = Document(text);
        }

        return node.ToJsonString();
    }

    private static JsonObject Document(string text) => new()
    {
        ["type"] = "doc",
        ["version"] = 1,
        ["content"] = new JsonArray(new JsonObject { ["type"] = "paragraph", ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }) }),
    };
}
