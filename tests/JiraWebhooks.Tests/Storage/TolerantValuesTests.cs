using Azure.Data.Tables;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Storage;

/// <summary>A value that was edited by hand has another type: it is converted, or counts as missing.</summary>
public sealed class TolerantValuesTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<object?, string?, DateTimeOffset?, long?, bool?> Values => new()
    {
        { null, null, null, null, null },
        { "text", "text", null, null, null },
        { "17", "17", null, 17, null },
        { "true", "true", null, null, true },
        { "2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z", Time, null, null },
        { 17, "17", null, 17, null },
        { 17L, "17", null, 17, null },
        { 17.0, "17", null, 17, null },
        { 17.5, "17.5", null, null, null },
        { true, null, null, null, true },
        { Time, "11/01/2026 12:00:00 +00:00", Time, null, null },
        { new byte[] { 1 }, null, null, null, null },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Read_AnyType_ConvertsOrIsMissing(object? value, string? text, DateTimeOffset? time, long? whole, bool? flag)
    {
        var row = new TableEntity("p", "r") { ["X"] = value };

        Assert.Equal(text, row.Text("X"));
        Assert.Equal(time, row.Time("X"));
        Assert.Equal(whole, row.Whole("X"));
        Assert.Equal(flag, row.Flag("X"));
    }

    [Theory]
    [InlineData(-1, -1)]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(null, null)]
    [Trait("Decision", "storage-has-the-clock")]
    public void PastTime_SavedTime_IsNeverAfterTheRowItself(int? hoursAfterTheRow, int? expected)
    {
        var row = new TableEntity("p", "r") { ["X"] = hoursAfterTheRow is { } hours ? Time.AddHours(hours) : null, Timestamp = Time };

        Assert.Equal(expected is { } read ? Time.AddHours(read) : null, row.PastTime("X"));
    }

    [Fact]
    public void Read_ValueThatCannotBeConverted_IsCounted()
    {
        using var unreadable = Metrics.Counter(TolerantValues.UnreadableMetric);
        var row = new TableEntity("p", "r") { ["OfThisTest"] = "no time" };

        row.Time("OfThisTest");
        row.Time("Missing");

        Assert.Equal(1, unreadable.Count("property=OfThisTest"));
    }
}
