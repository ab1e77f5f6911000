using System.Text;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Deliveries;

/// <summary>Tells whether a <c>self</c> link names the site of the delivery. Only these links name the site in a body. Jira signs only the JWT, not
/// the body, so a foreign host sets a mark and is never a reason to refuse (docs/architecture.md#verify-first).</summary>
internal static class SelfLink
{
    /// <summary>True when a <c>self</c> link of <paramref name="envelope"/> names another site.</summary>
    public static bool AnyForeign(in Envelope envelope, Site site) =>
        IsForeign(envelope.IssueSelf, site)
        || IsForeign(envelope.UserSelf, site)
        || IsForeign(envelope.CommentSelf, site)
        || IsForeign(envelope.WorklogSelf, site)
        || IsForeign(envelope.AttachmentSelf, site)
        || IsForeign(envelope.SprintSelf, site)
        || IsForeign(envelope.BoardSelf, site)
        || IsForeign(envelope.VersionSelf, site)
        || IsForeign(envelope.ProjectSelf, site);

    /// <summary>The issue id in the link of a comment, <c>…/issue/10010/comment/…</c>; empty if there is none.</summary>
    public static ReadOnlySpan<byte> IssueOf(ReadOnlySpan<byte> comment)
    {
        var start = comment.LastIndexOf("/issue/"u8);
        if (start < 0) return default;

        var id = comment[(start + "/issue/".Length)..];
        var digits = id.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return digits > 0 && id[digits..].StartsWith("/comment/"u8) ? id[..digits] : default;
    }

    /// <summary>True when <paramref name="link"/> names a host other than the site's own and is not below the URL of its API.</summary>
    private static bool IsForeign(ReadOnlySpan<byte> link, Site site)
    {
        if (StartsWith(link, site.Url.AbsoluteUri) || StartsWith(link, site.ApiUrl.AbsoluteUri)) return false;

        var start = link.IndexOf("://"u8);
        if (start < 0) return false;

        var host = link[(start + 3)..];
        var end = host.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        if (end >= 0) host = host[..end];
        host = host[(host.LastIndexOf((byte)'@') + 1)..];
        var port = host.LastIndexOf((byte)':');
        if (port >= 0) host = host[..port];

        return !Ascii.EqualsIgnoreCase(host, site.Url.Host);
    }

    private static bool StartsWith(ReadOnlySpan<byte> link, string address) =>
        link.Length >= address.Length && Ascii.EqualsIgnoreCase(link[..address.Length], address);
}
