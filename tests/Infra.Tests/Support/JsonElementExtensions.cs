using System.Text.Json;

namespace Infra.Tests.Support;

internal static class JsonElementExtensions
{
    /// <summary>The value at a dotted path; the test fails with the path where it ends.</summary>
    public static JsonElement At(this JsonElement element, string path)
    {
        var here = element;
        foreach (var part in path.Split('.'))
        {
            Assert.True(here.TryGetProperty(part, out var next), $"{path}: no {part} in {here}");
            here = next;
        }

        return here;
    }

    public static string Text(this JsonElement element, string path) => element.At(path).ToString();

    /// <summary>Every string below <paramref name="element"/>, values and property names.</summary>
    public static IEnumerable<string> Strings(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property.Value.Strings().Prepend(property.Name)),
        _ => [],
    };
}
