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
