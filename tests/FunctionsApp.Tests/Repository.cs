using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsApp.Tests;

internal static partial class Repository
{
    private static readonly string Root = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "Repository").Value!;

    /// <summary>Values of <c>local.settings.sample.json</c>; its comments are for people.</summary>
    public static IReadOnlyDictionary<string, string> Sample() => Values(Read("local.settings.sample.json"));

    /// <summary>The sample without its comment slashes.</summary>
    public static IReadOnlyDictionary<string, string> SampleWithItsSite() => Values(CommentedSetting().Replace(Read("local.settings.sample.json"), "\""));

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    public static string PathOf(string path) => Path.Combine(Root, path);

    private static Dictionary<string, string> Values(string json)
    {
        using var sample = JsonDocument.Parse(json, new() { CommentHandling = JsonCommentHandling.Skip });
        return sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString()!);
    }

    [GeneratedRegex("// \"")]
    private static partial Regex CommentedSetting();
}
