using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using JiraWebhooks.Jira;
using JiraWebhooks.Publishing;

namespace JiraWebhooks.Deliveries;

/// <summary>Reads values as slices of the body. Each method starts at a member's name and leaves the reader at the end of the value. A value of
/// another kind is empty, never an error.</summary>
internal static class JsonText
{
    private const int MaxDateLength = 40;

    /// <summary>A string, or a number as it is written.</summary>
    public static ReadOnlySpan<byte> ReadScalar(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan;
            case JsonTokenType.Number:
                return reader.ValueSpan;
            default:
                reader.Skip();
                return default;
        }
    }

    /// <summary>A string only.</summary>
    public static ReadOnlySpan<byte> ReadString(scoped ref Utf8JsonReader reader)
    {
        var value = ReadScalar(ref reader);
        return reader.TokenType is JsonTokenType.String ? value : default;
    }

    /// <summary>A time in milliseconds since 1970: a whole number, one in quotes, or an ISO 8601 date in any form that Jira uses.</summary>
    public static long? ReadTime(scoped ref Utf8JsonReader reader)
    {
        var value = ReadScalar(ref reader);
        if (ToInt64(value) is { } milliseconds) return milliseconds;

        // A date has at most 35 characters. Anything longer is not read as text at all.
        return reader.TokenType is JsonTokenType.String && value.Length is > 0 and <= MaxDateLength && value.IndexOf((byte)'-') == 4
            ? JiraDateConverter.Parse(Encoding.UTF8.GetString(value))?.ToUnixTimeMilliseconds()
            : null;
    }

    /// <summary>An array with its brackets.</summary>
    public static ReadOnlySpan<byte> ReadArray(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var isArray = reader.TokenType is JsonTokenType.StartArray;
        reader.Skip();
        return isArray ? json[start..(int)reader.BytesConsumed] : default;
    }

    /// <summary><paramref name="utf8"/> as a whole number, or null.</summary>
    public static long? ToInt64(ReadOnlySpan<byte> utf8) =>
        Utf8Parser.TryParse(utf8, out long number, out var read) && read == utf8.Length ? number : null;

    /// <summary><paramref name="utf8"/> as a string of at most <see cref="MessageProperties.MaxLength"/> characters; invalid UTF-8 becomes
    /// replacement characters.</summary>
    public static string ToText(ReadOnlySpan<byte> utf8)
    {
        // Four bytes are at least one character, so what is cut here would also be cut below.
        var text = Encoding.UTF8.GetString(utf8.Length > 4 * MessageProperties.MaxLength ? utf8[..(4 * MessageProperties.MaxLength)] : utf8);
        return MessageProperties.Cut(text);
    }

    private static ReadOnlySpan<byte> Unescape(scoped ref Utf8JsonReader reader)
    {
        try
        {
            var bytes = new byte[reader.ValueSpan.Length];
            return bytes.AsSpan(0, reader.CopyString(bytes));
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair or invalid UTF-8: this text cannot be compared.
            return default;
        }
    }
}
