using System.Text.RegularExpressions;

namespace JiraSimulator;

/// <summary>Jira's check of a webhook's filter (docs/jira-behaviour.md#the-operations): few fields, and four operators. It is only a rough
/// check of each clause.</summary>
internal static partial class FilterCheck
{
    private static readonly HashSet<string> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        "issuekey", "key", "issue", "id", "project", "issuetype", "type", "status", "priority", "assignee", "reporter",
    };

    /// <summary>Returns Jira's error message, or null.</summary>
    public static string? Error(string jql)
    {
        if (string.IsNullOrWhiteSpace(jql)) return "Empty JQL search not supported";

        // Texts and lists are values, whatever words they contain.
        var bare = List().Replace(Quoted().Replace(jql, "x"), match => match.Value.Contains('=', StringComparison.Ordinal) ? match.Value : "x");
        foreach (var clause in Joint().Split(bare))
        {
            if (Parts().Match(clause) is not { Success: true } parts) return $"Error in the JQL Query: {clause.Trim()}";

            var field = parts.Groups[1].Value;
            if (!Fields.Contains(field) && !field.StartsWith("cf[", StringComparison.OrdinalIgnoreCase) && !field.StartsWith("issue.property", StringComparison.OrdinalIgnoreCase)) return $"The clause {field} is unsupported";

            var operation = Spaces().Replace(parts.Groups[2].Value.ToLowerInvariant(), " ");
            if (operation is not ("=" or "!=" or "in" or "not in")) return $"Operator {operation} is unsupported";
        }

        return null;
    }

    [GeneratedRegex("\"[^\"]*\"|'[^']*'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\([^()]*\)")]
    private static partial Regex List();

    [GeneratedRegex(@"\s+(?:and|or)\s+", RegexOptions.IgnoreCase)]
    private static partial Regex Joint();

    [GeneratedRegex(@"^[\s(]*(?:not\s+)*[\s(]*([\w.]+(?:\[[^\]]*\][\w.]*)?)\s*(is\s+not|not\s+in|is|in|was|changed|[!=<>~]+)\s*(\S+)", RegexOptions.IgnoreCase)]
    private static partial Regex Parts();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
