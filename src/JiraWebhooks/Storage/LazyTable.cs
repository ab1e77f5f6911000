using Azure.Data.Tables;

namespace JiraWebhooks.Storage;

/// <summary>A table that is created the first time it is needed, not at start-up: a host must come up, and say what is wrong,
/// while storage is away.</summary>
public sealed class LazyTable(TableServiceClient service, string name)
{
    private TableClient? _table;

    /// <summary>The table, there for sure. Throws <see cref="Azure.RequestFailedException"/> while storage is away.</summary>
    public async ValueTask<TableClient> GetAsync(CancellationToken cancellationToken)
    {
        if (_table is { } known) return known;

        var table = service.GetTableClient(name);
        await table.CreateIfNotExistsAsync(cancellationToken);
        return _table = table;
    }
}
