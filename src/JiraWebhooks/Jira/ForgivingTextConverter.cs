using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace JiraWebhooks.Jira;

/// <summary>Reads a text that may hold half a surrogate pair, as one that was cut through an emoji does: it becomes U+FFFD, as no UTF-8 can
/// carry it. The framework refuses the whole answer for it, and a poll would stop at that page for ever.</summary>
public sealed partial class ForgivingTextConverter : JsonConverter<string?>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException) when (reader.TokenType is JsonTokenType.String)
        {
            var escaped = reader.HasValueSequence ? Encoding.UTF8.GetString(reader.ValueSequence) : Encoding.UTF8.GetString(reader.ValueSpan);
            var mended = new Utf8JsonReader(Encoding.UTF8.GetBytes($"\"{Escape().Replace(escaped, Mended)}\""));
            mended.Read();
            return mended.GetString();
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    private static string Mended(Match escape) => escape.Groups["half"].Success ? @"\uFFFD" : escape.Value;

    // Every escape is matched, so that the u behind an escaped backslash is none.
    [GeneratedRegex(@"\\(u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|(?<half>u[dD][89a-fA-F]\w\w)|.)")]
    private static partial Regex Escape();
}
