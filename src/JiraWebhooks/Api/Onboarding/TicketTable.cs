using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Api;

/// <summary>Table <c>tickets</c>: the callback may reach another instance than the start. Expired rows are deleted when the next ticket is
/// written.</summary>
internal sealed class TicketTable(LazyTable tickets, TimeProvider clock) : ITicketStore
{
    private const string Partition = "ticket";
    private const int MostLeftovers = 100;

    /// <inheritdoc/>
    public async Task AddAsync(string id, Ticket ticket, CancellationToken cancellationToken)
    {
        var table = await tickets.GetAsync(cancellationToken);
        await DeleteExpiredAsync(table, cancellationToken);
        var row = new TableEntity(Partition, id) { ["ExpiresAt"] = ticket.ExpiresAt };
        row.SetWholeText("Ticket", JsonSerializer.Serialize(ticket, TicketJson.Default.Ticket));
        await table.AddEntityAsync(row, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Ticket?> PeekAsync(string id, CancellationToken cancellationToken)
    {
        var table = await tickets.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, id, cancellationToken: cancellationToken);
        return found.HasValue && found.Value!.GetText("Ticket") is { Length: > 0 } ticket ? JsonSerializer.Deserialize(ticket, TicketJson.Default.Ticket) : null;
    }

    /// <inheritdoc/>
    public async Task<bool> TakeAsync(string id, CancellationToken cancellationToken)
    {
        var table = await tickets.GetAsync(cancellationToken);
        return await table.TryDeleteAsync(Partition, id, ETag.All, cancellationToken);
    }

    private async Task DeleteExpiredAsync(TableClient table, CancellationToken cancellationToken)
    {
        var left = 0;
        var query = table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken: cancellationToken);
        await foreach (var row in query)
        {
            if (row.Time("ExpiresAt") < clock.GetUtcNow()) await table.DeleteEntityAsync(Partition, row.RowKey, ETag.All, cancellationToken);
            if (++left == MostLeftovers) break;
        }
    }
}
