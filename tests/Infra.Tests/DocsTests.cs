using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests;

public sealed partial class DocsTests
{
    public static TheoryData<string> Pages => ["docs/deploy.md", "docs/settings.md", "docs/sites.md", "docs/architecture.md", "docs/jira-behaviour.md", "docs/simulator.md", "docs/proof.md", "docs/operate.md", "docs/subscribe.md", "README.md", ".github/CONTRIBUTING.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_WithinTheRepository_LeadToAFileAndHeading(string page)
    {
        var folder = Path.GetDirectoryName(Repository.PathTo(page))!;

        Assert.All(Link().Matches(Repository.Read(page)).Select(match => match.Groups[1].Value).Where(link => !link.StartsWith("https://", StringComparison.Ordinal)), link =>
        {
            var (file, anchor) = link.Split('#') is [var path, var heading] ? (path, heading) : (link, "");
            var target = file.Length == 0 ? Repository.PathTo(page) : Path.Combine(folder, file);

            Assert.True(File.Exists(target), link);
            Assert.True(anchor.Length == 0 || Anchors(target).Contains(anchor), link);
        });
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
    }

    [Fact]
    public async Task DeployPage_Numbers_AreThoseOfTheTemplate()
    {
        string[] words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen"];
        var plan = await Snapshot.FullAsync();
        var page = Repository.Read("docs/deploy.md");
        var (metrics, queries) = (plan.OfType("Microsoft.Insights/metricAlerts").Count, plan.OfType("Microsoft.Insights/scheduledQueryRules").Count);

        Assert.Contains($" {words[plan.OfType("Microsoft.Storage/storageAccounts/tableServices/tables").Count]} tables", page, StringComparison.Ordinal);
        Assert.Contains($" {words[metrics + queries]} alerts", page, StringComparison.Ordinal);
        Assert.Contains($"alerts: {metrics} on metrics", page, StringComparison.Ordinal);
        Assert.Contains($"{words[plan.OfType("Microsoft.Network/privateEndpoints").Count]} endpoints", page, StringComparison.Ordinal);
    }

    /// <summary>A restart alone leaves the values that were fetched before
    /// (<see href="https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#understand-rotation"/>): if you put a secret in
    /// is led to the call that has it fetched.</summary>
    [Theory]
    [InlineData("First secrets")]
    [InlineData("Expected waiting times")]
    [InlineData("Upgrade")]
    public void DeployPage_WhereASecretChanges_LeadsToTheRefreshOfReferences(string section)
    {
        Assert.Contains("](#key-vault-references)", Section(section), StringComparison.Ordinal);
        Assert.DoesNotContain("functionapp restart", Section(section), StringComparison.Ordinal);
        Assert.Contains("/config/configreferences/appsettings/refresh?api-version=2022-03-01", Section("Key Vault references"), StringComparison.Ordinal);
    }

    /// <summary>The page and the workflow tell Azure of the functions by the same call.</summary>
    [Fact]
    public void DeployPage_FunctionsThatAreNotKnown_AreMadeKnownAsTheWorkflowDoes()
    {
        const string Call = "/host/default/sync?api-version=2024-11-01";

        Assert.Contains(Call, Section("Expected waiting times"), StringComparison.Ordinal);
        Assert.Contains(Call, Repository.Read(".github/workflows/deploy.yml"), StringComparison.Ordinal);
    }

    /// <summary>The template gives an account of the same name, and after that the deleted one cannot be had back: the order is what counts.</summary>
    [Fact]
    public void DeployPage_OnALostAccount_UndeletesItBeforeItProvisions()
    {
        var section = Section("Recovery");
        string[] steps = ["Do not provision", "az group create", "az keyvault recover", "Restore", "Then provision", "Publish", "/api/health/details"];
        var places = steps.Select(step => section.IndexOf(step, StringComparison.Ordinal)).ToList();

        Assert.All(places.Zip(steps), each => Assert.True(each.First >= 0, each.Second));
        Assert.Equal(places.Order(), places);
        Assert.Contains("14 days", section, StringComparison.Ordinal);
    }

    /// <summary>Every table, the container, and what else lies in the account: of each the reader learns whether it comes back by itself.</summary>
    [Fact]
    public async Task DeployPage_OnALostAccount_TellsOfAllThatWasInIt()
    {
        var plan = await Snapshot.DefaultAsync();
        var section = Section("Recovery");

        Assert.All(
            plan.OfType("Microsoft.Storage/storageAccounts/tableServices/tables").Concat(plan.OfType("Microsoft.Storage/storageAccounts/blobServices/containers")),
            part => Assert.Contains($"`{part.Text("name").Split('/')[^1]}`", section, StringComparison.Ordinal));
        Assert.Contains("function keys", section, StringComparison.Ordinal);
    }

    /// <summary>azd gives the deployer's id, not what it is: https://learn.microsoft.com/azure/developer/azure-developer-cli/manage-environment-variables.</summary>
    [Fact]
    public void DeployPage_ForAServicePrincipal_NamesTheVariableThatTheParametersRead()
    {
        Assert.Contains("azd env set AZURE_PRINCIPAL_TYPE ServicePrincipal", Section("Way 1: azd"), StringComparison.Ordinal);
        Assert.Contains("AZURE_PRINCIPAL_TYPE=ServicePrincipal", Section("Way 2: az and func"), StringComparison.Ordinal);
        Assert.Contains("readEnvironmentVariable('AZURE_PRINCIPAL_TYPE'", Repository.Read("infra/main.bicepparam"), StringComparison.Ordinal);
    }

    private static List<string> Anchors(string path) => [.. Heading().Matches(File.ReadAllText(path)).Select(match => Slug(match.Groups[1].Value))];

    private static string Section(string heading) =>
        Assert.Single(Repository.Read("docs/deploy.md").Split("\n## "), section => section.StartsWith(heading + "\n", StringComparison.Ordinal));

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
