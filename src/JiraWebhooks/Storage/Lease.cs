using Azure;
using Azure.Data.Tables;

namespace JiraWebhooks.Storage;

/// <summary>A lease held until disposed or <see cref="ExpiresAt"/>. Work that writes must still guard its own rows by ETag:
/// a lease only keeps two runs apart, it cannot stop one that outlived it.</summary>
public sealed class Lease(TableClient table, string kind, string key, ETag etag, DateTimeOffset expiresAt) : IAsyncDisposable
{
    /// <summary>When another may take it.</summary>
    public DateTimeOffset ExpiresAt => expiresAt;

    /// <summary>Gives the lease back. A failure is let pass: the row runs out by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await table.DeleteEntityAsync(kind, key, etag);
        }
        catch (Exception)
        {
            // Taken over after it ran out, or storage is away, which the SDK tells by several exceptions: none of them is a failure of the work.
        }
    }
}
