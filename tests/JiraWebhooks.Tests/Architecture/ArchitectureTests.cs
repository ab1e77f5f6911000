using System.Text.RegularExpressions;
using JiraWebhooks.Hosting;

namespace JiraWebhooks.Tests.Architecture;

/// <summary>The layers of docs/architecture.md#layers.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Root = Repository.Root;

    private static IReadOnlyList<string> FromTheTop => [.. Row().Matches(Section()).Select(row => row.Groups[1].Value)];

    [Fact]
    public void Folders_OfTheCore_AreTheLayersOfTheDocument()
    {
        var folders = Directory.GetDirectories(Path.Combine(Root, "src", "JiraWebhooks"))
            .Where(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Any())
            .Select(Path.GetFileName)
            .Except(["bin", "obj"]);

        Assert.Equal(folders.Order(StringComparer.Ordinal), FromTheTop.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Namespaces_OfTheCore_FollowTheFolders()
    {
        var core = Path.Combine(Root, "src", "JiraWebhooks");
        var files = FromTheTop.SelectMany(layer => Directory.GetFiles(Path.Combine(core, layer), "*.cs", SearchOption.AllDirectories).Select(file => (layer, file))).ToList();

        Assert.All(files, item => Assert.Contains($"namespace JiraWebhooks.{item.layer};", File.ReadAllText(item.file), StringComparison.Ordinal));
    }

    [Fact]
    public void Layers_OfTheCore_UseOnlyLayersBelow() =>
        Assert.Empty(new Layers(typeof(JiraWebhooksOptions).Assembly, "JiraWebhooks", FromTheTop).Violations());

    [Fact]
    public void Layers_WithOneCallUpwards_AreReported()
    {
        var violations = new Layers(typeof(Sample.Lower.Below).Assembly, "JiraWebhooks.Tests.Architecture.Sample", ["Upper", "Lower"]).Violations();

        Assert.Equal(["JiraWebhooks.Tests.Architecture.Sample.Lower.Below -> JiraWebhooks.Tests.Architecture.Sample.Upper.Above"], violations);
    }

    private static string Section()
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs", "architecture.md"));
        var start = page.IndexOf("## Layers", StringComparison.Ordinal);
        return page[start..page.IndexOf("\n## ", start + 1, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
