using System.Text.RegularExpressions;

namespace JiraWebhooks.Subscriptions;

/// <summary>Says before the call what Jira would refuse in a webhook's filter: only some fields and four operators are allowed there
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-webhooks/#api-rest-api-3-webhook-post"/>).</summary>
internal static partial class JqlCheck
{
    private static readonly HashSet<string> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        "issuekey", "key", "issue", "id", "project", "issuetype", "type", "status", "priority", "assignee", "reporter",
    };

    private static readonly HashSet<string> Joints = new(StringComparer.OrdinalIgnoreCase) { "and", "or", "not" };

    /// <summary>What is wrong, or null.</summary>
    public static string? Problem(string jql)
    {
        if (string.IsNullOrWhiteSpace(jql)) return "its Jql is empty, which Jira refuses; `project != EMPTY` matches everything";
        if (OrderBy().IsMatch(jql)) return "its Jql has an ORDER BY, which a webhook's filter cannot have";

        var rest = jql;
        while (rest.Length > 0)
        {
            var clause = Clause().Match(rest);
            if (!clause.Success) return "its Jql cannot be read: write clauses like `project = ABC AND status IN (Open, Done)`";

            var field = clause.Groups["field"].Value.Trim('"', '\'');
            if (!Fields.Contains(field) && !CustomField().IsMatch(field) && !Property().IsMatch(field))
            {
                return $"its Jql names the field {field}; Jira takes issuekey, project, issuetype, status, priority, assignee, reporter, issue.property and cf[id] in a webhook's filter";
            }

            var operation = Spaces().Replace(clause.Groups["operator"].Value, " ").ToUpperInvariant();
            if (operation is not ("=" or "!=" or "IN" or "NOT IN")) return $"its Jql uses {operation}; Jira takes =, !=, IN and NOT IN in a webhook's filter";

            rest = rest[clause.Length..].Trim();
            if (rest.Length == 0) return null;

            var joint = Word().Match(rest).Value;
            if (!Joints.Contains(joint)) return "its Jql cannot be read: clauses are joined by AND or OR";
            rest = rest[joint.Length..];
            if (rest.Trim().Length == 0) return $"its Jql ends with {joint}";
        }

        return null;
    }

    private const string Text = """(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s()=!<>~,'"]+(?:\([^()]*\))?)""";

    [GeneratedRegex($"""^[\s(]*(?:not[\s(]+)*(?<field>"[^"]*"|'[^']*'|cf\[\d+\]|issue\.property\[[^\]]*\](?:\.[\w.]+)?|[\w.]+)\s*(?<operator>!=|<=|>=|!~|=|~|<|>|not\s+in\b|in\b|is\s+not\b|is\b|was\b|changed\b)\s*(?:\((?:\s*{Text}\s*,?)*\)|{Text})?[\s)]*""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Clause();

    [GeneratedRegex(@"\border\s+by\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OrderBy();

    [GeneratedRegex(@"^cf\[\d+\]$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CustomField();

    [GeneratedRegex(@"^issue\.property\[", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Property();

    [GeneratedRegex(@"^\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
