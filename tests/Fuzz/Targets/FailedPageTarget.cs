using System.Buffers;
using System.Text.Json;
using JiraWebhooks.Jira;
using JiraWebhooks.Recovery;

namespace Fuzz;

/// <summary>A page of the failed list, and what becomes of the cursor after it.</summary>
internal static class FailedPageTarget
{
    private const string Unreadable = "unreadable";

    // The framework reads a stream in buffers of this size.
    private const int BufferSize = 16 * 1024;

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public static void Run(byte[] input)
    {
        var page = Read(() => JsonSerializer.Deserialize(input, JiraJsonContext.Default.FailedWebhooks), out var whole);
        Split(input, whole);
        using (var document = Json.Parse(input)) Compare(document, page, isRead: whole != Unreadable);

        var records = (page?.Values ?? []).OfType<FailedWebhook>().ToList();
        var before = new Cursor(Now.AddHours(-1).ToUnixTimeMilliseconds()) { Seen = ["earlier"] };
        var after = before.After(records.Select(record => (record.Id ?? "", record.FailureTime)), Now);
        FuzzTargets.Require(after.Time >= before.Time && after.Time <= Now.ToUnixTimeMilliseconds(), "A cursor advances, and never beyond now.");
        FuzzTargets.Require(after.Seen.Count <= Cursor.MaxSeen && after.Seen.Distinct().Count() == after.Seen.Count, "Identifiers are remembered once.");
        FuzzTargets.Require(records.Count == 0 || records.Count > Cursor.MaxSeen || records.All(record => after.Seen.Contains(record.Id ?? "")), "All that was published is remembered.");
    }

    // Where the network cuts a page must not matter, also inside a character or an escape.
    private static void Split(byte[] input, string whole)
    {
        foreach (var size in new[] { 1, 3 })
        {
            Read(() => Pieces(input, size), out var pieces);
            FuzzTargets.Require(pieces == whole, "A page in pieces is the same page.");
        }

        // White space before the page moves the end of the first buffer into it.
        var cut = input.Length == 0 ? 0 : input.Sum(value => value) % Math.Min(input.Length, BufferSize);
        byte[] padded = [.. Enumerable.Repeat((byte)' ', BufferSize - cut), .. input];
        Read(() => JsonSerializer.Deserialize(new MemoryStream(padded), JiraJsonContext.Default.FailedWebhooks), out var streamed);
        FuzzTargets.Require(streamed == whole, "A page in two buffers is the same page.");
    }

    private static FailedWebhooks? Pieces(byte[] input, int size)
    {
        var first = new Piece(input.AsMemory(0, Math.Min(size, input.Length)), null);
        var last = first;
        for (var at = size; at < input.Length; at += size) last = new Piece(input.AsMemory(at, Math.Min(size, input.Length - at)), last);

        var reader = new Utf8JsonReader(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length));
        var page = JsonSerializer.Deserialize(ref reader, JiraJsonContext.Default.FailedWebhooks);
        return reader.Read() ? throw new JsonException() : page;
    }

    private static FailedWebhooks? Read(Func<FailedWebhooks?> read, out string described)
    {
        try
        {
            var page = read();
            described = page is null ? "" : string.Join('\n', (page.Values ?? []).Select(record => $"{record}").Prepend($"{page.MaxResults} {page.Next} {page.Values is null}"));
            return page;
        }
        catch (JsonException)
        {
            described = Unreadable;
            return null;
        }
    }

    private static void Compare(JsonDocument? document, FailedWebhooks? page, bool isRead)
    {
        FuzzTargets.Require(document is not null || !isRead, "A page is JSON.");
        if (document is null || !HasForm(document.RootElement)) return;

        FuzzTargets.Require(isRead, "A page of the documented form is read, whatever its texts are.");
        var values = Json.Single(document.RootElement, "values") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().ToList() : [];
        FuzzTargets.Require(page!.Values?.Count == values.Count || (page.Values is null && values.Count == 0), "All records are read.");
        foreach (var (value, record) in values.Zip(page.Values ?? []))
        {
            FuzzTargets.Require(value.ValueKind is JsonValueKind.Null == (record is null), "A record is read as one.");
            if (record is null) continue;

            FuzzTargets.Require(record.Body == Text(value, "body"), "A body is what Jira wrote, with U+FFFD for half a character.");
            FuzzTargets.Require(record.Id == Text(value, "id"), "An identifier is what Jira wrote, with U+FFFD for half a character.");
            FuzzTargets.Require(record.FailureTime == (Json.Single(value, "failureTime")?.GetInt64() ?? 0), "A time is the number that Jira wrote.");
        }
    }

    private static string? Text(JsonElement parent, string name) => Json.Single(parent, name) is { ValueKind: JsonValueKind.String } text ? Json.Repaired(text) : null;

    private static bool HasForm(JsonElement page)
    {
        if (page.ValueKind is not JsonValueKind.Object || !Json.HasOnly(page, "maxResults", "values", "next") || !IsText(page, "next")) return false;
        if (Json.Single(page, "maxResults") is { } size && !(size.ValueKind is JsonValueKind.Number && size.TryGetInt32(out _))) return false;

        return Json.Single(page, "values") is not { } values || values.ValueKind is JsonValueKind.Null
            || (values.ValueKind is JsonValueKind.Array && values.EnumerateArray().All(IsRecord));
    }

    private static bool IsRecord(JsonElement record) =>
        record.ValueKind is JsonValueKind.Null
        || (record.ValueKind is JsonValueKind.Object
            && Json.HasOnly(record, "id", "url", "failureTime", "body")
            && IsText(record, "id") && IsText(record, "url") && IsText(record, "body")
            && (Json.Single(record, "failureTime") is not { } time || (time.ValueKind is JsonValueKind.Number && time.TryGetInt64(out _))));

    private static bool IsText(JsonElement parent, string name) => Json.Single(parent, name) is not { } value || value.ValueKind is JsonValueKind.String or JsonValueKind.Null;

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null) return;

            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
