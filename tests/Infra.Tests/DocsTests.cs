using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests;

public sealed partial class DocsTests
{
    public static TheoryData<string> Pages => ["docs/deploy.md", "docs/settings.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_WithinTheRepository_LeadSomewhere(string page)
    {
        var text = Repository.Read(page);
        var folder = Path.GetDirectoryName(Repository.PathTo(page))!;
        var anchors = Heading().Matches(text).Select(match => Slug(match.Groups[1].Value)).ToList();

        Assert.All(Link().Matches(text).Select(match => match.Groups[1].Value), link => Assert.True(
            link.StartsWith("https://", StringComparison.Ordinal)
            || (link.StartsWith('#') ? anchors.Contains(link[1..]) : File.Exists(Path.Combine(folder, link.Split('#')[0]))),
            link));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Files_ThePagesName_Exist(string page) =>
        Assert.All(
            FilePath().Matches(Repository.Read(page)).Select(match => match.Groups[1].Value).Distinct(),
            file => Assert.True(File.Exists(Repository.PathTo(file)) || Directory.Exists(Repository.PathTo(file)), file));

    /// <summary>What a reader finds in the portal is what the page says.</summary>
    [Fact]
    public async Task DeployPage_NamesOfResources_AreThoseOfTheTemplate()
    {
        var plan = await Snapshot.FullAsync();
        var page = Repository.Read("docs/deploy.md");

        Assert.All(
            plan.OfType("Microsoft.ServiceBus/namespaces/topics").Concat(plan.OfType("Microsoft.ServiceBus/namespaces/topics/subscriptions")),
            entity => Assert.Contains($"`{entity.Text("name").Split('/')[^1]}`", page, StringComparison.Ordinal));
        Assert.Contains($"rg-{"$AZURE_ENV_NAME"}", page, StringComparison.Ordinal);
        Assert.StartsWith("rg-", plan.Single("Microsoft.Resources/resourceGroups").Text("name"), StringComparison.Ordinal);
        Assert.Contains("ten alerts", page, StringComparison.Ordinal);
        Assert.Equal(10, plan.OfType("Microsoft.Insights/metricAlerts").Count + plan.OfType("Microsoft.Insights/scheduledQueryRules").Count);
    }

    private static string Slug(string heading) => NotInSlug().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("(?m)^#+ (.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"`((?:infra|src|tests|docs|\.github)/[\w./-]+)`")]
    private static partial Regex FilePath();

    [GeneratedRegex("[^a-z0-9 -]")]
    private static partial Regex NotInSlug();
}
