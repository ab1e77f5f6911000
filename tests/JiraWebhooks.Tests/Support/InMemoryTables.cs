using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace JiraWebhooks.Tests.Support;

/// <summary>Table Storage in memory, with entity tags and times of rows: the part of it that this system uses. It has a clock of its own, as the real
/// one has.</summary>
internal sealed class InMemoryTables(TimeProvider? clock = null) : TableServiceClient
{
    private readonly ConcurrentDictionary<string, InMemoryTable> _tables = new();
    private int _calls;

    /// <summary>Runs before every call, with the call's name; throws in fault tests.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>Runs after every write has taken effect, with the call's name; throws where its answer is to be lost.</summary>
    public Action<string> After { get; set; } = _ => { };

    /// <summary>Rows that are asked for are there when this is done.</summary>
    public Task Rows { get; set; } = Task.CompletedTask;

    /// <summary>The time of storage.</summary>
    internal DateTimeOffset Now => (clock ?? TimeProvider.System).GetUtcNow();

    /// <summary>Calls so far.</summary>
    public int Calls => _calls;

    public override TableClient GetTableClient(string tableName) => _tables.GetOrAdd(tableName, name => new InMemoryTable(this, name));

    /// <summary>Loses all tables. Who holds one of them goes on with it: a process that starts afterwards finds none.</summary>
    public void Lose() => _tables.Clear();

    internal void Written(string table, string call) => After($"{table}.{call}");

    internal void Called(string table, string call)
    {
        Interlocked.Increment(ref _calls);
        Before($"{table}.{call}");
    }
}

internal sealed partial class InMemoryTable(InMemoryTables owner, string name) : TableClient
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, SortedDictionary<string, TableEntity>> _partitions = new(StringComparer.Ordinal);
    private bool _exists;
    private int _version;

    public override string Name => name;

    public override Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        owner.Called(name, "create");
        _exists = true;
        return Task.FromResult(Response.FromValue(new TableItem(name), new Answer(204)));
    }

    public override Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(string partitionKey, string rowKey,
        IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        owner.Called(name, "get");
        lock (_gate)
        {
            MustExist();
            return Task.FromResult<NullableResponse<T>>(
                Find(partitionKey, rowKey) is { } row ? new Found<T>((T)(object)Copy(row), owner.Now) : new Missing<T>(owner.Now));
        }
    }

    public override Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
    {
        owner.Called(name, "add");
        return Write(entity, current => current is null ? null : 409);
    }

    public override Task<Response> UpdateEntityAsync<T>(T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
    {
        owner.Called(name, "update");
        return Write(entity, current => current is null ? 404 : ifMatch != ETag.All && current.ETag != ifMatch ? 412 : null, mode);
    }

    public override Task<Response> UpsertEntityAsync<T>(T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
    {
        owner.Called(name, "upsert");
        return Write(entity, _ => null, mode);
    }

    public override Task<Response> DeleteEntityAsync(string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        owner.Called(name, "delete");
        lock (_gate)
        {
            MustExist();
            if (Find(partitionKey, rowKey) is not { } row) return Task.FromResult<Response>(new Answer(404));
            if (ifMatch != default && ifMatch != ETag.All && row.ETag != ifMatch) throw new RequestFailedException(412, "UpdateConditionNotSatisfied");
            _partitions[partitionKey].Remove(rowKey);
            owner.Written(name, "delete");
            return Task.FromResult<Response>(new Answer(204));
        }
    }

    public override async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(IEnumerable<TableTransactionAction> transactionActions,
        CancellationToken cancellationToken = default)
    {
        owner.Called(name, "transaction");
        var answers = new List<Response>();
        foreach (var action in transactionActions)
        {
            if (action.ActionType is not TableTransactionActionType.UpsertReplace) throw new NotSupportedException($"The double knows no {action.ActionType} in a transaction.");
            answers.Add(await Write(action.Entity, _ => null));
        }

        return Response.FromValue<IReadOnlyList<Response>>(answers, new Answer(202));
    }

    public override AsyncPageable<T> QueryAsync<T>(string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        owner.Called(name, "query");
        var partition = filter is null ? null : PartitionFilter().Match(filter) is { Success: true } match
            ? match.Groups[1].Value
            : throw new NotSupportedException($"The double knows no filter but one partition: {filter}");
        lock (_gate)
        {
            MustExist();
            var rows = partition is null ? _partitions.Values.SelectMany(rows => rows.Values) : _partitions.TryGetValue(partition, out var some) ? some.Values : [];
            T[] found = [.. rows.Select(row => (T)(object)Copy(row))];
            return new Pages<T>(owner.Rows, Page<T>.FromValues(found, null, new Answer(200, Date(owner.Now))));
        }
    }

    private Task<Response> Write<T>(T entity, Func<TableEntity?, int?> refuse, TableUpdateMode mode = TableUpdateMode.Replace)
    {
        var given = (TableEntity)(object)entity!;
        lock (_gate)
        {
            MustExist();
            var current = Find(given.PartitionKey, given.RowKey);
            if (refuse(current) is { } status) throw new RequestFailedException(status, "refused by the table");

            var row = mode is TableUpdateMode.Merge && current is not null ? Copy(current) : new TableEntity(given.PartitionKey, given.RowKey);
            foreach (var (key, value) in given)
            {
                if (value is not null && key is not ("PartitionKey" or "RowKey" or "odata.etag" or "Timestamp")) row[key] = value;
            }

            row.Timestamp = owner.Now;
            row.ETag = new ETag((++_version).ToString(CultureInfo.InvariantCulture));
            if (!_partitions.TryGetValue(row.PartitionKey, out var rows)) _partitions[row.PartitionKey] = rows = new(StringComparer.Ordinal);
            rows[row.RowKey] = row;
            owner.Written(name, "write");
            return Task.FromResult<Response>(new Answer(204, ("ETag", row.ETag.ToString("H"))));
        }
    }

    private TableEntity? Find(string partition, string row) => _partitions.TryGetValue(partition, out var rows) ? rows.GetValueOrDefault(row) : null;

    private void MustExist()
    {
        if (!_exists) throw new RequestFailedException(404, "TableNotFound");
    }

    private static TableEntity Copy(TableEntity row)
    {
        var copy = new TableEntity(row.PartitionKey, row.RowKey) { ETag = row.ETag };
        foreach (var (key, value) in row)
        {
            if (key is not ("odata.etag" or "PartitionKey" or "RowKey")) copy[key] = value;
        }

        return copy;
    }

    private static (string Name, string Value) Date(DateTimeOffset at) => ("Date", at.ToString("R", CultureInfo.InvariantCulture));

    [GeneratedRegex("^PartitionKey eq '([^']*)'$")]
    private static partial Regex PartitionFilter();

    private sealed class Pages<T>(Task ready, Page<T> page) : AsyncPageable<T>
        where T : notnull
    {
        public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
        {
            await ready;
            yield return page;
        }
    }

    private sealed class Found<T>(T value, DateTimeOffset at) : NullableResponse<T>
    {
        public override bool HasValue => true;

        public override T? Value => value;

        public override Response GetRawResponse() => new Answer(200, Date(at));
    }

    private sealed class Missing<T>(DateTimeOffset at) : NullableResponse<T>
    {
        public override bool HasValue => false;

        public override T? Value => throw new InvalidOperationException("There is no value.");

        public override Response GetRawResponse() => new Answer(404, Date(at));
    }

    private sealed class Answer(int status, (string Name, string Value)? header = null) : Response
    {
        public override int Status => status;

        public override string ReasonPhrase => "";

        public override Stream? ContentStream { get; set; }

        public override string ClientRequestId { get; set; } = "";

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => header is { } one ? [new HttpHeader(one.Name, one.Value)] : [];

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
        {
            value = name == header?.Name ? header.Value.Value : null;
            return value is not null;
        }

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = TryGetHeader(name, out var value) ? [value] : null;
            return values is not null;
        }
    }
}
