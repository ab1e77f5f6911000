using System.Text.RegularExpressions;
using Azure.Storage.Blobs;

namespace JiraWebhooks.Publishing;

/// <summary>For subscribers: gives a message's body wherever it travelled, in the message or beside it.</summary>
/// <param name="bodies">The container of claim-checked bodies (setting <c>ClaimCheckContainer</c>).</param>
public sealed partial class DeliveryBodyReader(BlobContainerClient bodies)
{
    /// <summary>The body as Jira sent it.</summary>
    /// <param name="body">The message's own body; empty on a claim check.</param>
    /// <param name="properties">The message's application properties.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="ArgumentException">The reference is none of this container's bodies: it is not followed.</exception>
    /// <exception cref="Azure.RequestFailedException">The blob cannot be read, or its lifetime is over (404).</exception>
    public async Task<BinaryData> ReadAsync(BinaryData body, IReadOnlyDictionary<string, object> properties, CancellationToken cancellationToken = default)
    {
        if (!properties.TryGetValue(MessageProperties.DataRef, out var reference)) return body;

        var blob = bodies.GetBlobClient(NameOf(reference as string));
        return (await blob.DownloadContentAsync(cancellationToken)).Value.Content;
    }

    // A message must not be able to send our credential elsewhere, nor to have another blob of this account read: only names that
    // ClaimCheck gives are followed, and these need no escape and have no ".." in them.
    private string NameOf(string? reference)
    {
        var prefix = bodies.Uri.AbsoluteUri + "/";
        return reference is not null && reference.StartsWith(prefix, StringComparison.Ordinal) && BlobName().IsMatch(reference.AsSpan(prefix.Length))
            ? reference[prefix.Length..]
            : throw new ArgumentException($"The property {MessageProperties.DataRef} does not name a body in the container {bodies.Name}.", nameof(reference));
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,31}/[0-9a-f]{64}\z")]
    private static partial Regex BlobName();
}
