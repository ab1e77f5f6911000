using Azure;
using Azure.Data.Tables;

namespace JiraWebhooks.Storage;

/// <summary>Writes that one of several writers wins.</summary>
internal static class GuardedWrites
{
    /// <summary>Writes <paramref name="row"/> over the version it was made from, or anew where that is null. Gives the new version; null when
    /// somebody else has written since, and nothing was written. A table that is not there is no such case, and is thrown.</summary>
    public static async Task<ETag?> TryWriteAsync(this TableClient table, TableEntity row, ETag? version, CancellationToken cancellationToken)
    {
        try
        {
            var written = version is { } known
                ? await table.UpdateEntityAsync(row, known, TableUpdateMode.Replace, cancellationToken)
                : await table.AddEntityAsync(row, cancellationToken);
            return written.Headers.ETag!.Value;
        }
        catch (RequestFailedException lost) when (lost.Status is 409 or 412 || (lost.Status is 404 && version is not null))
        {
            return null;
        }
    }
}
