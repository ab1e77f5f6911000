using Azure.Data.Tables;

namespace JiraWebhooks.Storage;

/// <summary>A table that is created when it is first needed, not at start: a host must start and report the problem while storage is
/// unavailable.</summary>
public sealed class LazyTable(TableServiceClient service, string name)
{
    private TableClient? _table;

    /// <summary>Returns the table and creates it if needed. Throws <see cref="Azure.RequestFailedException"/> while storage is unavailable.</summary>
    public async ValueTask<TableClient> GetAsync(CancellationToken cancellationToken)
    {
        if (_table is { } known) return known;

        var table = service.GetTableClient(name);
        await table.CreateIfNotExistsAsync(cancellationToken);
        return _table = table;
    }
}
