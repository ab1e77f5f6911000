using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Recovery;

/// <summary>Row <c>search</c> of a site, next to its cursor, guarded by its entity tag.</summary>
internal sealed partial class SearchTable(LazyTable cursors)
{
    private const string Row = "search";
    private const string Filters = "Filters";

    /// <summary>The site's state, or null before its first run. An unreadable row throws, because it may contain an unfinished search.</summary>
    public async Task<SearchState?> ReadAsync(string site, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(site, Row, cancellationToken: cancellationToken);
        if (!found.HasValue) return null;

        var row = found.Value!;
        return new SearchState(row.GetDateTimeOffset("WellUntil") ?? throw new InvalidDataException("The row of the search has no WellUntil."))
        {
            Filters = row.GetText(Filters) is { Length: > 0 } text ? JsonSerializer.Deserialize(text, SearchJson.Default.IReadOnlyDictionaryStringFilterSearch)! : SearchState.None,
            Begun = row.GetDateTimeOffset("From"),
            Version = row.ETag,
        };
    }

    /// <summary>Writes <paramref name="state"/> over the version it was read from; null if another run has written since.</summary>
    public async Task<SearchState?> TryWriteAsync(string site, SearchState state, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var row = new TableEntity(site, Row) { ["WellUntil"] = state.WellUntil };
        row.SetText(Filters, JsonSerializer.Serialize(state.Filters, SearchJson.Default.IReadOnlyDictionaryStringFilterSearch));
        return await table.TryWriteAsync(row, state.Version, cancellationToken) is { } written ? state with { Version = written } : null;
    }

    [JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(IReadOnlyDictionary<string, FilterSearch>))]
    private sealed partial class SearchJson : JsonSerializerContext;
}
