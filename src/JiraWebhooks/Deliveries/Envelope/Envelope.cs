namespace JiraWebhooks.Deliveries;

/// <summary>The few fields of a delivery's body that the message is made of, as UTF-8 that lives in the body; empty means absent.
/// Ids are text, as Jira writes them sometimes as numbers and sometimes as strings.</summary>
internal ref struct Envelope
{
    /// <summary><c>webhookEvent</c>.</summary>
    public ReadOnlySpan<byte> Event;

    /// <summary><c>timestamp</c>, in milliseconds since 1970.</summary>
    public long? Timestamp;

    /// <summary><c>matchedWebhookIds</c> as the JSON array it is.</summary>
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

    /// <summary><c>changelog.id</c>.</summary>
    public ReadOnlySpan<byte> ChangelogId;

    /// <summary>Account of the one who made the change; empty when the body does not say. Comment and worklog events have no <c>user</c>, and
    /// who deletes one of these is named nowhere: its author may be another.</summary>
    public readonly ReadOnlySpan<byte> Actor =>
        !UserAccount.IsEmpty ? UserAccount
        : Event.EndsWith("_deleted"u8) ? default
        : !CommentUpdateAuthor.IsEmpty ? CommentUpdateAuthor
        : !CommentAuthor.IsEmpty ? CommentAuthor
        : !WorklogUpdateAuthor.IsEmpty ? WorklogUpdateAuthor
        : WorklogAuthor;

    /// <summary>False when the body is no JSON object that names its event.</summary>
    public readonly bool IsReadable => !Event.IsEmpty;
}
