using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests.Contract;

/// <summary>Compares messages of the queue with what they must be.</summary>
internal static partial class QueueMessages
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The same properties with the same values, in whatever order; a trace context is <c>W3C</c>.</summary>
    public static void AssertEqual(string expected, string body, JsonElement message)
    {
        var actual = JsonNode.Parse(message.GetRawText())!.AsObject();
        Assert.Equal(body, Encoding.UTF8.GetString(Convert.FromBase64String((string)actual["body"]!)));
        actual.Remove("body");
        var properties = actual["properties"]!.AsObject();
        if (properties["Diagnostic-Id"] is { } trace && TraceParent().IsMatch((string)trace!)) properties["Diagnostic-Id"] = "W3C";

        Assert.Equal(Sorted(JsonNode.Parse(expected)!), Sorted(actual));
    }

    /// <summary>The property of the issue, as JSON with a comma, if <paramref name="session"/> is an issue's.</summary>
    public static string IssueOf(string session) => session.All(char.IsAsciiDigit) ? $"\"jira_issue_id\": \"{session}\", " : "";

    private static string Sorted(JsonNode node) => Sort(node).ToJsonString(Indented);

    private static JsonNode Sort(JsonNode node) => node is JsonObject all
        ? new JsonObject(all.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => KeyValuePair.Create(property.Key, (JsonNode?)Sort(property.Value!))))
        : node.DeepClone();

    [GeneratedRegex("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$")]
    private static partial Regex TraceParent();
}
