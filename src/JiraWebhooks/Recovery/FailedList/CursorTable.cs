using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Data.Tables;
using JiraWebhooks.Jira;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Recovery;

/// <summary>Table <c>cursors</c>: the partition is the site, the row is <c>cursor</c>, guarded by its entity tag
/// (docs/jira-behaviour.md#cursor-after-publish).</summary>
internal sealed partial class CursorTable(LazyTable cursors, StorageTime time)
{
    private const string Row = "cursor";

    /// <summary>The site's cursor, or null before the first poll, and the clock of storage.</summary>
    public async Task<(Cursor? Cursor, TimeProvider Clock)> ReadAsync(string site, CancellationToken cancellationToken)
    {
        var (row, clock) = await time.FindAsync(await cursors.GetAsync(cancellationToken), site, Row, cancellationToken);
        return (row is null ? null : new Cursor(Time(row)) { Seen = Seen(row), ReadTo = ReadTo(row), UnsupportedSince = row.PastTime("UnsupportedSince"), Version = row.ETag }, clock);
    }

    /// <summary>Writes <paramref name="cursor"/> over the version it was read from; null if another poller has written since.</summary>
    public async Task<Cursor?> TryWriteAsync(string site, Cursor cursor, CancellationToken cancellationToken)
    {
        var table = await cursors.GetAsync(cancellationToken);
        var row = new TableEntity(site, Row) { ["Time"] = cursor.Time };
        if (cursor.ReadTo is { } readTo) row["ReadTo"] = readTo;
        if (cursor.UnsupportedSince is { } since) row["UnsupportedSince"] = since;
        row.SetText("Seen", JsonSerializer.Serialize(cursor.Seen, CursorJson.Default.IReadOnlyListString));

        return await table.TryWriteAsync(row, cursor.Version, cancellationToken) is { } written ? cursor with { Version = written } : null;
    }

    // A number that is no date has another unit, or was written by hand. The list is then read from its beginning. A time later than its row would pass
    // over failures that are still to come.
    private static long Time(TableEntity row)
    {
        if (row.Whole("Time") is not { } time) return 0;
        if (JiraDateConverter.FromMilliseconds(time) is not null) return Math.Min(time, row.Timestamp?.ToUnixTimeMilliseconds() ?? time);

        TolerantValues.CountUnreadable("Time");
        return 0;
    }

    // A place that is not in the past was not written by a poll. Without it, the next run reads the overlap again.
    private static long? ReadTo(TableEntity row) =>
        row.Whole("ReadTo") is { } readTo && readTo >= 0 && readTo <= row.Timestamp?.ToUnixTimeMilliseconds() ? readTo : null;

    // Unreadable identifiers only cause duplicates, which the bus drops, so polling continues.
    private static IReadOnlyList<string> Seen(TableEntity row)
    {
        var text = row.GetText("Seen");
        try
        {
            return text.Length == 0 ? [] : JsonSerializer.Deserialize(text, CursorJson.Default.IReadOnlyListString) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    [JsonSerializable(typeof(IReadOnlyList<string>))]
    private sealed partial class CursorJson : JsonSerializerContext;
}
