namespace JiraWebhooks.Sites;

/// <summary>A declared webhook: one that the settings of a site ask for, under its name.</summary>
/// <param name="Name">Row key of the created webhook's id: lower-case letters, digits and hyphens, at most 64.</param>
/// <param name="Events">Event names as Jira writes them, for example <c>jira:issue_updated</c>; at least one.</param>
/// <param name="Jql">The filter; Jira rejects an empty one. <c>project != EMPTY</c> matches everything.</param>
public sealed record DeclaredWebhook(string Name, IReadOnlyList<string> Events, string Jql)
{
    /// <summary>Limits <c>jira:issue_updated</c> to these fields; null means all.</summary>
    public IReadOnlyList<string>? FieldIdsFilter { get; init; }

    /// <summary>Limits issue property events to these keys; null means all.</summary>
    public IReadOnlyList<string>? IssuePropertyKeysFilter { get; init; }
}
