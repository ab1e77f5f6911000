namespace JiraWebhooks.Deliveries;

/// <summary>The few fields of a delivery's body that are needed for the message, as UTF-8 slices of the body; empty means absent. Ids are text,
/// because Jira writes them sometimes as numbers and sometimes as strings.</summary>
internal ref struct Envelope
{
    /// <summary><c>webhookEvent</c>.</summary>
    public ReadOnlySpan<byte> Event;

    /// <summary><c>timestamp</c>, in milliseconds since 1970. In the body it is a number, the same in quotes, or an ISO 8601 date.</summary>
    public long? Timestamp;

    /// <summary><c>matchedWebhookIds</c> as a JSON array.</summary>
    public ReadOnlySpan<byte> WebhookIds;

    /// <summary><c>issue.id</c>.</summary>
    public ReadOnlySpan<byte> IssueId;

    /// <summary><c>issue.key</c>.</summary>
    public ReadOnlySpan<byte> IssueKey;

    /// <summary><c>issue.self</c>.</summary>
    public ReadOnlySpan<byte> IssueSelf;

    /// <summary><c>user.self</c>.</summary>
    public ReadOnlySpan<byte> UserSelf;

    /// <summary><c>user.accountId</c>.</summary>
    public ReadOnlySpan<byte> UserAccount;

    /// <summary><c>comment.author.accountId</c>.</summary>
    public ReadOnlySpan<byte> CommentAuthor;

    /// <summary><c>comment.updateAuthor.accountId</c>.</summary>
    public ReadOnlySpan<byte> CommentUpdateAuthor;

    /// <summary><c>worklog.author.accountId</c>.</summary>
    public ReadOnlySpan<byte> WorklogAuthor;

    /// <summary><c>worklog.updateAuthor.accountId</c>.</summary>
    public ReadOnlySpan<byte> WorklogUpdateAuthor;

    /// <summary><c>comment.self</c>.</summary>
    public ReadOnlySpan<byte> CommentSelf;

    /// <summary><c>comment.id</c>.</summary>
    public ReadOnlySpan<byte> CommentId;

    /// <summary><c>worklog.id</c>.</summary>
    public ReadOnlySpan<byte> WorklogId;

    /// <summary><c>worklog.issueId</c>; worklog events carry no issue.</summary>
    public ReadOnlySpan<byte> WorklogIssueId;

    /// <summary><c>worklog.self</c>.</summary>
    public ReadOnlySpan<byte> WorklogSelf;

    /// <summary><c>attachment.author.accountId</c>.</summary>
    public ReadOnlySpan<byte> AttachmentAuthor;

    /// <summary><c>attachment.self</c>.</summary>
    public ReadOnlySpan<byte> AttachmentSelf;

    /// <summary><c>sprint.self</c>.</summary>
    public ReadOnlySpan<byte> SprintSelf;

    /// <summary><c>board.self</c>.</summary>
    public ReadOnlySpan<byte> BoardSelf;

    /// <summary><c>version.self</c>.</summary>
    public ReadOnlySpan<byte> VersionSelf;

    /// <summary><c>project.self</c>.</summary>
    public ReadOnlySpan<byte> ProjectSelf;

    /// <summary><c>changelog.id</c>.</summary>
    public ReadOnlySpan<byte> ChangelogId;

    /// <summary>Account that made the change; empty if the body does not say. The <c>user</c> of a user event is the account that was changed.
    /// Comment, worklog and attachment events have no <c>user</c>, and a deletion does not name the account that deletes: the author may be a
    /// different one.</summary>
    public readonly ReadOnlySpan<byte> Actor =>
        Event.StartsWith("user_"u8) ? default
        : !UserAccount.IsEmpty ? UserAccount
        : Event.EndsWith("_deleted"u8) ? default
        : !CommentUpdateAuthor.IsEmpty ? CommentUpdateAuthor
        : !CommentAuthor.IsEmpty ? CommentAuthor
        : !WorklogUpdateAuthor.IsEmpty ? WorklogUpdateAuthor
        : !WorklogAuthor.IsEmpty ? WorklogAuthor
        : AttachmentAuthor;

    /// <summary>Id of the issue that the event is about; empty if there is none. An issue link has two, and names neither here. Worklog events, and
    /// comment events in older bodies, have no <c>issue</c>.</summary>
    public readonly ReadOnlySpan<byte> Issue =>
        !IssueId.IsEmpty ? IssueId
        : !WorklogIssueId.IsEmpty ? WorklogIssueId
        : SelfLink.IssueOf(CommentSelf);

    /// <summary>True if the body is a JSON object.</summary>
    public bool IsReadable;
}
