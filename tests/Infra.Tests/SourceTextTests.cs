using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>How the texts of the repository are written.</summary>
public sealed partial class SourceTextTests
{
    /// <summary>Words that readers whose first language is not English must look up, or that say less than the usual term.</summary>
    private static readonly string[] Words = ["nobody", "somebody", "whoever", "mend", "mended", "mends", "anew"];

    [Fact]
    public void Lines_OfCode_HaveAtMostTheColumnsOfTheEditorConfig()
    {
        var limit = int.Parse(Limit().Match(File.ReadAllText(Path.Combine(Repository.Root, ".editorconfig"))).Groups[1].ValueSpan, provider: null);

        AssertNone(Sources("*.cs").SelectMany(file => File.ReadLines(file)
            .Select((line, index) => (Line: Literal().Replace(line, "\"\""), Place: $"{Path.GetRelativePath(Repository.Root, file)}:{index + 1}"))
            .Where(item => item.Line.Length > limit)
            .Select(item => $"{item.Place} has {item.Line.Length} columns without its literals")));
    }

    [Fact]
    public void Texts_OfTheRepository_UseThePlainWord()
    {
        var word = new Regex($@"\b({string.Join('|', Words)})\b", RegexOptions.IgnoreCase);

        AssertNone(Sources("*.cs", "*.md", "*.bicep", "*.sh", "*.yml", "*.json")
            .Where(file => !file.EndsWith($"{nameof(SourceTextTests)}.cs", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file)
                .Select((line, index) => (Line: line, Place: $"{Path.GetRelativePath(Repository.Root, file)}:{index + 1}"))
                .Where(item => word.IsMatch(item.Line))
                .Select(item => $"{item.Place}: {word.Match(item.Line).Value}")));
    }

    private static void AssertNone(IEnumerable<string> found)
    {
        var lines = found.ToList();
        Assert.True(lines.Count == 0, string.Join('\n', lines));
    }

    private static IEnumerable<string> Sources(params string[] patterns) => patterns
        .SelectMany(pattern => Directory.EnumerateFiles(Repository.Root, pattern, SearchOption.AllDirectories))
        .Where(file => !Generated().IsMatch(Path.GetRelativePath(Repository.Root, file)));

    [GeneratedRegex("""(^|/|\\)(bin|obj|node_modules|artifacts|\.local|\.git|package-lock\.json)(/|\\|$)""")]
    private static partial Regex Generated();

    // A text is not broken over lines: people search for it.
    [GeneratedRegex("\"\"\".*\"\"\"|\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"max_line_length = (\d+)")]
    private static partial Regex Limit();
}
