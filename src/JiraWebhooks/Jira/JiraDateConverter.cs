using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraWebhooks.Jira;

/// <summary>Reads Jira's dates: epoch milliseconds as the schema says, or ISO 8601 with <c>+0000</c>, <c>+00:00</c> or <c>Z</c> as Jira actually
/// sends. Anything else becomes null, "expiry unknown", and never an error (docs/jira-behaviour.md#expiry-dates).</summary>
internal sealed class JiraDateConverter : JsonConverter<DateTimeOffset?>
{
    private static readonly DateTimeOffset Earliest = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        return reader.TokenType is JsonTokenType.Number && reader.TryGetInt64(out var milliseconds)
            ? Plausible(FromMilliseconds(milliseconds))
            : Plausible(Parse(JsonTexts.ReadOrSkip(ref reader)));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } date) writer.WriteNumberValue(date.ToUnixTimeMilliseconds());
        else writer.WriteNullValue();
    }

    // A webhook that expired so long ago is not in a list. Seconds instead of milliseconds are a date in January 1970, and would look like an expired
    // webhook, which is replaced.
    internal static DateTimeOffset? Plausible(DateTimeOffset? date) => date < Earliest ? null : date;

    internal static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? date
            : null;

    internal static DateTimeOffset? FromMilliseconds(long milliseconds) =>
        milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
}
