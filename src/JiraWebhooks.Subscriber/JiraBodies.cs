using System.Text.RegularExpressions;
using Azure.Storage.Blobs;

namespace JiraWebhooks.Subscriber;

/// <summary>Fetches bodies that were too large for a message, with the credential of the given client.</summary>
/// <param name="bodies">The container of these bodies (setting <c>ClaimCheckContainer</c> of the app, <c>jira-bodies</c> by default).</param>
/// <param name="maxBytes">The largest body in bytes that is read. Jira's own limit is 25 MB.</param>
public sealed partial class JiraBodies(BlobContainerClient bodies, long maxBytes = JiraBodies.DefaultMaxBytes)
{
    /// <summary>30 MB.</summary>
    public const long DefaultMaxBytes = 30_000_000;

    /// <summary>Returns the event with its body, or the same event if its body is in the message.</summary>
    /// <param name="message">The event.</param>
    /// <param name="cancellationToken">Cancels the download.</param>
    /// <exception cref="ArgumentException">The reference does not name a body in this container. It is not followed.</exception>
    /// <exception cref="InvalidDataException">The body is larger than the limit.</exception>
    /// <exception cref="Azure.RequestFailedException">The blob cannot be read, or has expired (404).</exception>
    public async Task<JiraEvent> LoadAsync(JiraEvent message, CancellationToken cancellationToken = default)
    {
        if (!message.IsClaimCheck) return message;

        await using var stream = await OpenReadAsync(message, cancellationToken);
        using var buffer = new MemoryStream();
        var chunk = new byte[81_920];
        while (await stream.ReadAsync(chunk, cancellationToken) is > 0 and var count)
        {
            if (buffer.Length + count > maxBytes) throw TooLarge(buffer.Length + count);

            buffer.Write(chunk, 0, count);
        }

        return message.WithBody(BinaryData.FromBytes(buffer.GetBuffer().AsMemory(0, (int)buffer.Length)));
    }

    /// <summary>Opens the body as a stream, which is not held in memory. The limit is compared with the length that storage gives.</summary>
    /// <inheritdoc cref="LoadAsync"/>
    public async Task<Stream> OpenReadAsync(JiraEvent message, CancellationToken cancellationToken = default)
    {
        if (!message.IsClaimCheck) return message.Body.ToStream();

        var blob = bodies.GetBlobClient(NameOf(message.DataRef!));
        var answer = (await blob.DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
        if (answer.Details.ContentLength <= maxBytes) return answer.Content;

        await answer.Content.DisposeAsync();
        throw TooLarge(answer.Details.ContentLength);
    }

    private InvalidDataException TooLarge(long bytes) => new($"The body has at least {bytes} bytes; at most {maxBytes} are read.");

    // The body is always read from this reader's own container. A message must not be able to send our credential elsewhere, or make us read another
    // blob of this account. So only names that the publisher creates are followed; they need no escaping and contain no "..".
    internal string NameOf(Uri reference)
    {
        var prefix = bodies.Uri.AbsolutePath + "/";
        return reference.IsAbsoluteUri
            && reference.UserInfo.Length == 0
            && reference.OriginalString == reference.GetLeftPart(UriPartial.Authority) + reference.AbsolutePath
            && IsSameAccount(reference)
            && reference.AbsolutePath.StartsWith(prefix, StringComparison.Ordinal)
            && BlobName().IsMatch(reference.AbsolutePath.AsSpan(prefix.Length))
            ? reference.AbsolutePath[prefix.Length..]
            : throw new ArgumentException($"The property {EventProperties.DataRef} does not name a body in the container {bodies.Name}.", nameof(reference));
    }

    // In Azure the host name contains the account. An emulator has the account in the path; its port or host name may differ after a restart.
    private bool IsSameAccount(Uri uri) =>
        string.Equals(uri.Host, bodies.Uri.Host, StringComparison.OrdinalIgnoreCase) || (uri.IsLoopback && bodies.Uri.IsLoopback);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,31}/[0-9a-f]{64}\z")]
    private static partial Regex BlobName();
}
