using System.Text;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Deliveries;

/// <summary>Tells whether a <c>self</c> link names the site of the delivery. Only these links name the site in a body. Jira signs only the JWT, not
/// the body, so a foreign host sets a mark and is never a reason to refuse (docs/architecture.md#verify-first).</summary>
internal static class SelfLink
{
    /// <summary>True when <paramref name="link"/> names a host other than the site's own and is not below the URL of its API.</summary>
    public static bool IsForeign(ReadOnlySpan<byte> link, Site site)
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
