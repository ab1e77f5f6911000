using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace JiraWebhooks.Jira;

/// <summary>Reads a text that may contain half a surrogate pair, as a text that was cut inside an emoji does. The half becomes U+FFFD, because UTF-8
/// cannot encode it. The framework would reject the whole answer: a poll would stop at that page forever, and a site's webhooks could not be listed.</summary>
internal sealed partial class ForgivingTextConverter : JsonConverter<string?>
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
            var repaired = new Utf8JsonReader(Encoding.UTF8.GetBytes($"\"{Escape().Replace(escaped, Repaired)}\""));
            repaired.Read();
            return repaired.GetString();
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    // The framework needs both for a dictionary, and reads each name itself too, so that half a pair in a name is still an error.

    /// <inheritdoc/>
    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

    private static string Repaired(Match escape) => escape.Groups["half"].Success ? @"\uFFFD" : escape.Value;

    // Match every escape, so that a u after an escaped backslash does not count as one.
    [GeneratedRegex(@"\\(u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|(?<half>u[dD][89a-fA-F]\w\w)|.)")]
    private static partial Regex Escape();
}
