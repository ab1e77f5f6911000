using System.Text.RegularExpressions;
using Azure.Storage.Blobs;

namespace JiraWebhooks.Publishing;

/// <summary>For subscribers: reads a body from the message or from its claim check.</summary>
/// <param name="bodies">The container of claim-checked bodies (setting <c>ClaimCheckContainer</c>).</param>
internal sealed partial class DeliveryBodyReader(BlobContainerClient bodies)
{
    /// <summary>The body as Jira sent it.</summary>
    /// <param name="body">The message's own body; empty on a claim check.</param>
    /// <param name="properties">The message's application properties.</param>
    /// <param name="cancellationToken">Cancels the download.</param>
    /// <exception cref="ArgumentException">The reference does not name a body in this container. It is not followed.</exception>
    /// <exception cref="Azure.RequestFailedException">The blob cannot be read or has expired (404).</exception>
    public async Task<BinaryData> ReadAsync(BinaryData body, IReadOnlyDictionary<string, object> properties, CancellationToken cancellationToken = default)
    {
        if (!properties.TryGetValue(MessageProperties.DataRef, out var reference)) return body;

        var blob = bodies.GetBlobClient(NameOf(reference as string));
        return (await blob.DownloadContentAsync(cancellationToken)).Value.Content;
    }

    // The body is always read from this reader's own container. A message must not be able to send our credential elsewhere, or make us read another
    // blob of this account. So only names that ClaimCheck creates are followed; they need no escaping and contain no "..".
    private string NameOf(string? reference)
    {
        var prefix = bodies.Uri.AbsolutePath + "/";
        return Uri.TryCreate(reference, UriKind.Absolute, out var uri)
            && uri.UserInfo.Length == 0
            && reference == uri.GetLeftPart(UriPartial.Authority) + uri.AbsolutePath
            && IsSameAccount(uri)
            && uri.AbsolutePath.StartsWith(prefix, StringComparison.Ordinal)
            && BlobName().IsMatch(uri.AbsolutePath.AsSpan(prefix.Length))
            ? uri.AbsolutePath[prefix.Length..]
            : throw new ArgumentException($"The property {MessageProperties.DataRef} does not name a body in the container {bodies.Name}.", nameof(reference));
    }

    // In Azure the host name contains the account. An emulator has the account in the path; its port or host name may differ after a restart.
    private bool IsSameAccount(Uri uri) =>
        string.Equals(uri.Host, bodies.Uri.Host, StringComparison.OrdinalIgnoreCase) || (uri.IsLoopback && bodies.Uri.IsLoopback);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,31}/[0-9a-f]{64}\z")]
    private static partial Regex BlobName();
}
