using Azure;
using Azure.Data.Tables;

namespace JiraWebhooks.Storage;

/// <summary>Writes of which only one of several concurrent writers succeeds.</summary>
internal static class GuardedWrites
{
    /// <summary>Writes <paramref name="row"/> over the version that it is based on; null inserts it. Returns the new version, or null if another
    /// process has written since and nothing was written. An insert into a missing table is a different error, and is thrown.</summary>
    public static async Task<ETag?> TryWriteAsync(
        this TableClient table, TableEntity row, ETag? version, CancellationToken cancellationToken, TableUpdateMode mode = TableUpdateMode.Replace)
    {
        try
        {
            var written = version is { } known
                ? await table.UpdateEntityAsync(row, known, mode, cancellationToken)
                : await table.AddEntityAsync(row, cancellationToken);
            return written.Headers.ETag!.Value;
        }
        catch (RequestFailedException lost) when (lost.Status is 409 or 412 || (lost.Status is 404 && version is not null))
        {
            return null;
        }
    }

    /// <summary>Deletes the row of that version; false if another process has written or deleted it since.</summary>
    public static async Task<bool> TryDeleteAsync(this TableClient table, string partition, string row, ETag version, CancellationToken cancellationToken)
    {
        try
        {
            // The SDK does not throw for 404.
            return (await table.DeleteEntityAsync(partition, row, version, cancellationToken)).Status != 404;
        }
        catch (RequestFailedException lost) when (lost.Status is 404 or 412)
        {
            return false;
        }
    }
}
