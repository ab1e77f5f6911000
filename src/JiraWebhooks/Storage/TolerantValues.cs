using System.Diagnostics.Metrics;
using System.Globalization;
using Azure.Data.Tables;
using JiraWebhooks.Telemetry;

namespace JiraWebhooks.Storage;

/// <summary>Reads the values of a row, also if they have another type, as they can have after an edit by hand: the portal writes every new property as
/// text. The SDK throws for another type, and the site would stand still until the table is edited. A value that cannot be converted counts as missing,
/// and in the metric.</summary>
internal static class TolerantValues
{
    /// <summary>Values of tables that could not be read; tag <c>property</c>.</summary>
    public const string UnreadableMetric = "jira.tables.unreadable";

    private static readonly Counter<long> Unreadable = Instrumentation.Meter.CreateCounter<long>(UnreadableMetric, "{value}", "Values of tables that could not be read.");

    /// <summary>A text, or null.</summary>
    public static string? Text(this TableEntity row, string name) =>
        Read(row, name, value => value as string ?? (value is IFormattable other ? other.ToString(null, CultureInfo.InvariantCulture) : null));

    /// <summary>A time, or null.</summary>
    public static DateTimeOffset? Time(this TableEntity row, string name) => Read<DateTimeOffset?>(row, name, value => value switch
    {
        DateTimeOffset time => time,
        DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) => time,
        _ => null,
    });

    /// <summary>The time of something that had happened when the row was written, or null. A host whose clock is ahead saves times that are still to
    /// come, and would wait for them when its clock is right again. So the time is never later than that of the row, which storage sets.</summary>
    public static DateTimeOffset? PastTime(this TableEntity row, string name) =>
        row.Time(name) is { } time ? (row.Timestamp < time ? row.Timestamp : time) : null;

    /// <summary>A whole number, or null.</summary>
    public static long? Whole(this TableEntity row, string name) => Read<long?>(row, name, value => value switch
    {
        long number => number,
        int number => number,
        double number when number is > -1e18 and < 1e18 && Math.Floor(number) == number => (long)number,
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    });

    /// <summary>True or false, or null.</summary>
    public static bool? Flag(this TableEntity row, string name) => Read<bool?>(row, name, value => value switch
    {
        bool flag => flag,
        string text when bool.TryParse(text, out var flag) => flag,
        _ => null,
    });

    /// <summary>Counts a value that could not be read.</summary>
    public static void CountUnreadable(string name) => Unreadable.Add(1, new KeyValuePair<string, object?>("property", name));

    private static T? Read<T>(TableEntity row, string name, Func<object, T?> convert)
    {
        if (!row.TryGetValue(name, out var value) || value is null) return default;

        var converted = convert(value);
        if (converted is null) CountUnreadable(name);
        return converted;
    }
}
