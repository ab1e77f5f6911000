using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Recovery;

/// <summary>Row <c>search</c> of a site, next to its cursor, guarded by its entity tag.</summary>
internal sealed partial class SearchTable(LazyTable cursors, StorageTime time)
{
    private const string Row = "search";
    private const string Filters = "Filters";

    // The longest search that an unreadable row can have had under way, because Jira's failed list covers as much.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(72);

    /// <summary>The site's state, or null before its first run, and the clock of storage. An unreadable row may contain an unfinished search: then the
    /// search begins again, 72 h before the row was written. A repeated search is harmless.</summary>
    public async Task<(SearchState? State, TimeProvider Clock)> ReadAsync(string site, CancellationToken cancellationToken)
    {
        var (row, clock) = await time.FindAsync(await cursors.GetAsync(cancellationToken), site, Row, cancellationToken);
        return (row is null ? null : State(row, clock), clock);
    }

    /// <summary>Writes <paramref name="state"/> over the version it was read from; null if another run has written since.</summary>
    public async Task<SearchState?> TryWriteAsync(string site, SearchState state, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var row = new TableEntity(site, Row) { ["WellUntil"] = state.WellUntil };
        row.SetText(Filters, JsonSerializer.Serialize(state.Filters, SearchJson.Default.IReadOnlyDictionaryStringFilterSearch));
        return await table.TryWriteAsync(row, state.Version, cancellationToken) is { } written ? state with { Version = written } : null;
    }

    private static SearchState State(TableEntity row, TimeProvider clock) =>
        row.PastTime("WellUntil") is { } wellUntil && TryRead(row.GetText(Filters)) is { } filters
            ? new SearchState(wellUntil) { Filters = filters, Begun = row.PastTime("From"), Version = row.ETag }
            : new SearchState((row.Timestamp ?? clock.GetUtcNow()) - Longest) { Version = row.ETag };

    private static IReadOnlyDictionary<string, FilterSearch>? TryRead(string text)
    {
        try
        {
            var filters = text.Length > 0 ? JsonSerializer.Deserialize(text, SearchJson.Default.IReadOnlyDictionaryStringFilterSearch) : SearchState.None;
            if (filters?.Values.All(IsPlausible) is true) return filters;
        }
        catch (JsonException)
        {
            // Counted like the others.
        }

        TolerantValues.CountUnreadable(Filters);
        return null;
    }

    // After an edit by hand something may be null, or a time so far away that adding to it fails.
    private static bool IsPlausible(FilterSearch? filter) => filter?.Passes is { } passes && passes.All(IsPlausible);

    private static bool IsPlausible(SearchPass? pass) =>
        pass is not null && new[] { pass.From, pass.To, pass.Due, pass.Watermark, pass.Floor }.All(time => time is not { Year: < 2000 or > 9000 });

    [JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(IReadOnlyDictionary<string, FilterSearch>))]
    private sealed partial class SearchJson : JsonSerializerContext;
}
