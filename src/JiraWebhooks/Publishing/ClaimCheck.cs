using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Publishing;

/// <summary>Stores a body in Blob Storage. The blob name depends only on the message: a retry finds the blob, and the failed path writes the same one
/// as the live path (docs/architecture.md#claim-check). The container's lifecycle rule removes blobs whose message was never sent.</summary>
internal sealed class ClaimCheck(LazyContainer bodies) : IClaimCheck
{
    /// <summary>Blob name of a message's body.</summary>
    public static string BlobName(DeliveryMessage message) =>
        $"{message.Site}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message.MessageId)))}";

    /// <inheritdoc/>
    public async Task<Uri> StoreAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        var container = await bodies.GetAsync(cancellationToken);
        var blob = container.GetBlobClient(BlobName(message));
        var options = new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = message.ContentType },
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
        };

        try
        {
            await blob.UploadAsync(BinaryData.FromBytes(message.Body), options, cancellationToken);
        }
        catch (RequestFailedException there) when (there.ErrorCode == BlobErrorCode.BlobAlreadyExists || there.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            // An earlier attempt stored it. After any other conflict, such as a container that is being deleted, nothing is stored.
        }
        catch (RequestFailedException gone) when (gone.ErrorCode == BlobErrorCode.ContainerNotFound || gone.ErrorCode == BlobErrorCode.ContainerBeingDeleted)
        {
            bodies.Forget();
            throw;
        }

        return blob.Uri;
    }
}
