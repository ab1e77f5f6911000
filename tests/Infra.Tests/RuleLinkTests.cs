using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>Code, tests and documents refer to rules and decisions by a link. Each link leads to a heading, and each rule has a test.</summary>
public sealed partial class RuleLinkTests
{
    private static readonly string[] Linked = ["*.cs", "*.md", "*.bicep", "*.kql", "*.csproj", "*.yml", "*.cjs", "*.sh"];

    [Fact]
    public void Links_ToAHeadingOfTheDocs_LeadToOne()
    {
        var broken = Files().SelectMany(file => Link().Matches(Repository.Read(file)).Select(link => (file, page: link.Groups[1].Value, anchor: link.Groups[2].Value)))
            .Where(link => !Anchors(link.page).Contains(link.anchor))
            .Select(link => $"{link.file}: {link.page}#{link.anchor}");

        Assert.Empty(broken);
    }

    [Fact]
    public void Traits_OfTests_NameARuleOrADecision()
    {
        var unknown = Traits("Rule").Where(rule => !Rules().Contains(rule)).Concat(Traits("Decision").Where(decision => !Anchors("architecture.md").Contains(decision)));

        Assert.Empty(unknown);
    }

    [Fact]
    public void Rules_OfTheDocument_HaveATestEach() => Assert.Empty(Rules().Except(Traits("Rule")));

    /// <summary>A number leads a reader nowhere.</summary>
    [Fact]
    public void References_ByNumber_AreGone()
    {
        var numbered = Files().Where(file => !file.EndsWith(nameof(RuleLinkTests) + ".cs", StringComparison.Ordinal)).Where(file => Numbered().IsMatch(Repository.Read(file)));

        Assert.Empty(numbered);
    }

    private static IEnumerable<string> Files() => new[] { "src", "tests", "docs", "infra", "benchmarks" }
        .SelectMany(folder => Linked.SelectMany(pattern => Repository.Files(folder, pattern)))
        .Append("README.md");

    private static HashSet<string> Rules() => [.. RuleHeading().Matches(Repository.Read("docs/jira-behaviour.md")).Select(heading => Slug(heading.Groups[1].Value))];

    private static HashSet<string> Anchors(string page) => [.. Heading().Matches(Repository.Read("docs/" + page)).Select(heading => Slug(heading.Groups[1].Value))];

    private static HashSet<string> Traits(string name) => [.. Repository.Files("tests", "*.cs").SelectMany(file => Trait().Matches(Repository.Read(file)))
        .Where(trait => trait.Groups[1].Value == name)
        .Select(trait => trait.Groups[2].Value)];

    // As GitHub makes them.
    private static string Slug(string heading) => NoLetter().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\b(architecture\.md|jira-behaviour\.md)#([\w-]+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[Trait\(""(\w+)"", ""([\w-]+)""\)\]")]
    private static partial Regex Trait();

    [GeneratedRegex("^### (.+)$", RegexOptions.Multiline)]
    private static partial Regex RuleHeading();

    [GeneratedRegex("^#{1,4} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoLetter();

    [GeneratedRegex(@"\b([Dd]ecision|[Rr]ule|[Ff]acts) [0-9]|_(Rule|Decision)[0-9]")]
    private static partial Regex Numbered();
}
