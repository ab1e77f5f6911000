using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Api;

/// <summary>The request body is incomplete: the caller sends too slowly or breaks the HTTP protocol.</summary>
internal sealed class BrokenBodyException(Exception cause) : Exception("The body did not arrive whole: send it again.", cause);

/// <summary>Reads the small bodies of management and onboarding requests.</summary>
internal static class BoundedBody
{
    /// <summary>Reads the whole body. Returns null if it is longer than <paramref name="mostBytes"/>, and stops reading there.</summary>
    /// <exception cref="BrokenBodyException">The caller caused the error, not this app.</exception>
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
