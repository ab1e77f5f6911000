using System.Globalization;
using System.Text.Json;
using JiraWebhooks.Publishing;

namespace JiraWebhooks.Deliveries;

/// <summary><c>matchedWebhookIds</c> as <c>,10,11,</c>: the bus does not support arrays, and with this form a subscriber can filter by
/// <c>LIKE '%,10,%'</c>.</summary>
public static class WebhookIds
{
    /// <summary>The ids in <paramref name="array"/>, or null when there are none. Values that are not whole numbers are left out. So are ids beyond
    /// the maximum length of a property, which is far above the 100 webhooks of an app.</summary>
    public static string? Format(ReadOnlySpan<byte> array)
    {
        if (array.IsEmpty) return null;

        Span<char> text = stackalloc char[MessageProperties.MaxLength];
        var length = 0;
        text[length++] = ',';
        var reader = new Utf8JsonReader(array, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (Id(ref reader) is not { } id) continue;
            if (!id.TryFormat(text[length..], out var written, provider: CultureInfo.InvariantCulture) || length + written == text.Length) break;

            length += written;
            text[length++] = ',';
        }

        return length == 1 ? null : new string(text[..length]);
    }

    /// <summary>True when one of the ids in <paramref name="formatted"/> is among <paramref name="known"/>.</summary>
    public static bool AnyIn(HashSet<long> known, ReadOnlySpan<char> formatted)
    {
        foreach (var id in formatted.Split(','))
        {
            if (long.TryParse(formatted[id], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && known.Contains(number)) return true;
        }

        return false;
    }

    private static long? Id(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String) return JsonText.ToInt64(reader.ValueSpan);

        reader.Skip();
        return null;
    }
}
