using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Data.Tables;
using JiraWebhooks.Storage;

namespace JiraWebhooks.FailedDeliveries;

/// <summary>What the sweep of a site remembers.</summary>
/// <param name="WellUntil">The last run of the timer that found the site working.</param>
public sealed record SweepState(DateTimeOffset WellUntil)
{
    /// <summary>Start of a search that is not finished, or null.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>How far that search has come, by filter: the time in milliseconds up to which all changes are published.</summary>
    public IReadOnlyDictionary<string, long> Reached { get; init; } = new Dictionary<string, long>();

    /// <summary>Version of the row; null for one that was never written.</summary>
    public ETag? Version { get; init; }
}

/// <summary>Row <c>sweep</c> of a site, beside its cursor, guarded by its entity tag.</summary>
public sealed partial class SweepTable(LazyTable cursors)
{
    private const string Row = "sweep";

    /// <summary>The site's state, or null before its first run.</summary>
    public async Task<SweepState?> ReadAsync(string site, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(site, Row, cancellationToken: cancellationToken);
        if (!found.HasValue || found.Value!.GetDateTimeOffset("WellUntil") is not { } until) return null;

        return new SweepState(until)
        {
            From = found.Value.GetDateTimeOffset("From"),
            Reached = JsonSerializer.Deserialize(found.Value.GetString("Reached") ?? "{}", SweepJson.Default.IReadOnlyDictionaryStringInt64)!,
            Version = found.Value.ETag,
        };
    }

    /// <summary>Writes <paramref name="state"/> over the version it was read from; null when another run has written since.</summary>
    public async Task<SweepState?> TryWriteAsync(string site, SweepState state, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var row = new TableEntity(site, Row) { ["WellUntil"] = state.WellUntil };
        if (state.From is { } from)
        {
            row["From"] = from;
            row["Reached"] = JsonSerializer.Serialize(state.Reached, SweepJson.Default.IReadOnlyDictionaryStringInt64);
        }

        return await table.TryWriteAsync(row, state.Version, cancellationToken) is { } written ? state with { Version = written } : null;
    }

    [JsonSerializable(typeof(IReadOnlyDictionary<string, long>))]
    private sealed partial class SweepJson : JsonSerializerContext;
}
