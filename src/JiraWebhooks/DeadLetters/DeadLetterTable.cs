using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.DeadLetters;

/// <summary>Rows of partition <c>$bus</c>, one per subscription: up to which number its dead letters were seen. No site can have that name.</summary>
internal sealed class DeadLetterTable(LazyTable status)
{
    private const string Partition = "$bus";
    private const string Seen = "Seen";

    // Numbers begin at 1 in each topic. A mark of another one would hide the letters below it. An older version has written none: it is of this topic.
    private const string Topic = "Topic";

    /// <summary>Returns the highest number that was seen in this topic; 0 if none was: everything is new.</summary>
    public async Task<long> SeenAsync(string topic, string subscription, CancellationToken cancellationToken)
    {
        var table = await status.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, subscription, cancellationToken: cancellationToken);
        return found.HasValue && (found.Value!.Text(Topic) is not { } of || of == topic) ? found.Value!.Whole(Seen) ?? 0 : 0;
    }

    /// <summary>Saves the highest number that was seen.</summary>
    public async Task SaveAsync(string topic, string subscription, long seen, CancellationToken cancellationToken)
    {
        var table = await status.GetAsync(cancellationToken);
        await table.UpsertEntityAsync(new TableEntity(Partition, subscription) { [Seen] = seen, [Topic] = topic }, TableUpdateMode.Replace, cancellationToken);
    }
}
