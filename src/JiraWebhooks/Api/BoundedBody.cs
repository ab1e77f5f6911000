using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Api;

/// <summary>A body did not arrive whole: the caller sent it too slowly, or not as HTTP says.</summary>
internal sealed class BrokenBodyException(Exception cause) : Exception("The body did not arrive whole: send it again.", cause);

/// <summary>Bodies of calls that people make, which are small.</summary>
internal static class BoundedBody
{
    /// <summary>The whole body, or null when it has more than <paramref name="mostBytes"/>; no more than that is read.</summary>
    /// <exception cref="BrokenBodyException">It is the caller's failure, and not one of ours.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int mostBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > mostBytes) return null;

        using var body = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                body.Write(buffer, 0, read);
                if (body.Length > mostBytes) return null;
            }
        }
        catch (IOException broken)
        {
            throw new BrokenBodyException(broken);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
