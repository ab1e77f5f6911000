using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.DeadLetters;

/// <summary>Rows of partition <c>$bus</c>, one per subscription: up to which number its dead letters were seen. No site can have that name.</summary>
internal sealed class DeadLetterTable(LazyTable status)
{
    private const string Partition = "$bus";
    private const string Seen = "Seen";

    /// <summary>Returns the highest number that was seen before, and saves the new one. Null if none was saved: everything may be old.</summary>
    public async Task<long?> ReplaceAsync(string subscription, long seen, CancellationToken cancellationToken)
    {
        var table = await status.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, subscription, cancellationToken: cancellationToken);
        var before = found.HasValue ? found.Value!.Whole(Seen) : null;
        if (before is null || seen > before) await table.UpsertEntityAsync(new TableEntity(Partition, subscription) { [Seen] = seen }, TableUpdateMode.Replace, cancellationToken);
        return before;
    }
}
