using System.Text.RegularExpressions;

namespace JiraWebhooks.Subscriptions;

/// <summary>Says before the call what Jira would refuse in a webhook's filter: only some fields and four operators are allowed there
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-webhooks/#api-rest-api-3-webhook-post"/>).
/// Each token is read once, so no text takes long.</summary>
internal sealed partial class JqlCheck
{
    private const string Unreadable = "its Jql cannot be read: write clauses like `project = ABC AND status IN (Open, Done)`";
    private const string Ordered = "its Jql has an ORDER BY, which a webhook's filter cannot have";

    private static readonly HashSet<string> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        "issuekey", "key", "issue", "id", "project", "issuetype", "type", "status", "priority", "assignee", "reporter",
    };

    private readonly Queue<JqlToken> _rest;

    private JqlCheck(string jql) => _rest = JqlToken.Read(jql);

    private JqlToken Next => _rest.TryPeek(out var token) ? token : default;

    /// <summary>What is wrong, or null.</summary>
    public static string? Problem(string jql) =>
        string.IsNullOrWhiteSpace(jql) ? "its Jql is empty, which Jira refuses; `project != EMPTY` matches everything" : new JqlCheck(jql).Problem();

    private string? Problem()
    {
        for (var open = 0; ;)
        {
            while (Next.Is("(") || Next.Is("not"))
            {
                if (Take().Is("(")) open++;
            }

            if (ClauseProblem() is { } problem) return problem;

            for (; Take(")"); open--)
            {
                if (open == 0) return "its Jql closes a bracket that was never opened";
            }

            if (_rest.Count == 0) return open == 0 ? null : "its Jql has a bracket that is not closed";

            var joint = Take();
            if (joint.Is("order") && Next.Is("by")) return Ordered;
            if (!joint.Is("and") && !joint.Is("or")) return "its Jql cannot be read: clauses are joined by AND or OR";
            if (_rest.Count == 0) return $"its Jql ends with {joint.Text}";
        }
    }

    private string? ClauseProblem()
    {
        var field = Take();
        if (field.Is("order") && Next.Is("by")) return Ordered;
        if (!field.IsText || Operation() is not { } operation) return Unreadable;

        if (!Fields.Contains(field.Text) && !CustomField().IsMatch(field.Text) && !field.Text.StartsWith("issue.property[", StringComparison.OrdinalIgnoreCase))
        {
            return $"its Jql names the field {field.Text}; Jira takes issuekey, project, issuetype, status, priority, assignee, reporter, issue.property and cf[id] in a webhook's filter";
        }

        if (operation is not ("=" or "!=" or "IN" or "NOT IN")) return $"its Jql uses {operation}; Jira takes =, !=, IN and NOT IN in a webhook's filter";
        if (_rest.Count == 0) return $"its Jql has nothing after {field.Text} {operation}";

        return (Take("(") ? TakeList() : TakeValue()) ? null : Unreadable;
    }

    // In capitals, or null where there is none.
    private string? Operation() => Take() switch
    {
        { Kind: JqlTokenKind.Sign, Text: not ("(" or ")" or "," or "!") } sign => sign.Text,
        var word when word.Is("not") && Take("in") => "NOT IN",
        var word when word.Is("is") => Take("not") ? "IS NOT" : "IS",
        var word when word.Is("in") || word.Is("was") || word.Is("changed") => word.Text.ToUpperInvariant(),
        _ => null,
    };

    // A text, or a function's name with its arguments.
    private bool TakeValue() => Take().IsText && (!Take("(") || Take(")") || TakeAll(() => Take().IsText));

    private bool TakeList() => TakeAll(TakeValue);

    // One or more with commas between, up to the closing bracket.
    private bool TakeAll(Func<bool> takeOne)
    {
        do
        {
            if (!takeOne()) return false;
        }
        while (Take(","));

        return Take(")");
    }

    private JqlToken Take() => _rest.TryDequeue(out var token) ? token : default;

    private bool Take(string text)
    {
        if (!Next.Is(text)) return false;

        _rest.Dequeue();
        return true;
    }

    [GeneratedRegex(@"^cf\[\d+\]$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CustomField();
}
