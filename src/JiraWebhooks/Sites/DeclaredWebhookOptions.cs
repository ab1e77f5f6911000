namespace JiraWebhooks.Sites;

/// <summary>One declared webhook: an entry of <c>Sites__{site}__Webhooks</c>.</summary>
public sealed record DeclaredWebhookOptions
{
    /// <summary>Event names, <c>Events__0</c> and so on.</summary>
    public string[] Events { get; init => field = value ?? []; } = [];

    /// <summary>The JQL filter.</summary>
    public string? Jql { get; init; }

    /// <summary>Fields that <c>jira:issue_updated</c> is limited to.</summary>
    public string[]? FieldIdsFilter { get; init; }

    /// <summary>Property keys that issue property events are limited to.</summary>
    public string[]? IssuePropertyKeysFilter { get; init; }
}
