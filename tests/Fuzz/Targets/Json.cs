using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Fuzz;

/// <summary>The other opinion about JSON: a document of the framework.</summary>
internal static class Json
{
    /// <summary>The document, or null if the bytes are no JSON.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> bytes, int depth = 64)
    {
        try
        {
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = depth });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The members of that name in an object, each as often as it is there.</summary>
    public static List<JsonElement> Members(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object ? [.. element.EnumerateObject().Where(member => IsNamed(member, name)).Select(member => member.Value)] : [];

    /// <summary>The text, or null if it is none, or has half a character.</summary>
    public static string? Text(JsonElement element)
    {
        try
        {
            return element.ValueKind is JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The only member of that name without regard to case; null if there is none, or more than one.</summary>
    public static JsonElement? Single(JsonElement parent, string name)
    {
        var named = parent.EnumerateObject().Where(member => Name(member)?.Equals(name, StringComparison.OrdinalIgnoreCase) is true).ToList();
        return named is [var only] ? only.Value : null;
    }

    /// <summary>True if every name in the object, without regard to case, is one of <paramref name="names"/>, and there once.</summary>
    public static bool HasOnly(JsonElement parent, params string[] names)
    {
        var all = parent.EnumerateObject().Select(Name).ToList();
        return all.All(name => names.Contains(name, StringComparer.OrdinalIgnoreCase)) && all.Distinct(StringComparer.OrdinalIgnoreCase).Count() == all.Count;
    }

    /// <summary>True if a text or a name has half a character.</summary>
    public static bool HasHalf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => Text(element) is null,
        JsonValueKind.Array => element.EnumerateArray().Any(HasHalf),
        JsonValueKind.Object => element.EnumerateObject().Any(member => Name(member) is null || HasHalf(member.Value)),
        _ => false,
    };

    /// <summary>The text with U+FFFD for each half of a character, decoded without the framework's reader.</summary>
    public static string Repaired(JsonElement text)
    {
        var raw = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(text));
        var read = new StringBuilder();
        for (var at = 1; at < raw.Length - 1; at++)
        {
            if (raw[at] != '\\')
            {
                read.Append(raw[at]);
                continue;
            }

            at++;
            var plain = "bfnrt".IndexOf(raw[at], StringComparison.Ordinal);
            if (raw[at] == 'u') read.Append((char)ushort.Parse(raw.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            else read.Append(plain < 0 ? raw[at] : "\b\f\n\r\t"[plain]);
            if (raw[at] == 'u') at += 4;
        }

        for (var at = 0; at < read.Length; at++)
        {
            if (at + 1 < read.Length && char.IsSurrogatePair(read[at], read[at + 1])) at++;
            else if (char.IsSurrogate(read[at])) read[at] = '\uFFFD';
        }

        return read.ToString();
    }

    private static string? Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsNamed(JsonProperty member, string name)
    {
        try
        {
            return member.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
