using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests;

public sealed partial class WorkflowTests
{
    public static TheoryData<string> Workflows => [.. Repository.Files(".github/workflows", "*.yml")];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Actions_All_ArePinnedByCommitWithTheVersionBeside(string workflow)
    {
        var uses = Repository.Read(workflow).Split('\n').Where(line => line.Contains("uses:", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(uses);
        Assert.All(uses, line => Assert.Matches(@"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Workflow_Always_StartsWithoutWritePermission_AndKnowsNoSecret(string workflow)
    {
        var text = Repository.Read(workflow);

        Assert.Matches(@"(?m)^permissions:\n  contents: read\n", text);
        Assert.DoesNotContain("secrets.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("pull_request_target", text, StringComparison.Ordinal);
    }

    /// <summary>An expression inside a script is text that whoever chose the input wrote.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Scripts_Never_HoldExpressions(string workflow)
    {
        var scripts = Script().Matches(Repository.Read(workflow)).Select(match => match.Value);

        Assert.DoesNotContain(scripts, script => script.Contains("${{", StringComparison.Ordinal));
    }

    [Fact]
    public void Build_Always_SkipsNothing()
    {
        var text = Repository.Read(".github/workflows/build.yml");

        Assert.Contains("REQUIRE_ALL: \"1\"", text, StringComparison.Ordinal);
        Assert.Contains("lint --pattern 'infra/**/*.bicep'", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Deploy_Always_ShowsWhatWouldChangeFirst_AndSignsInWithoutASecret()
    {
        var text = Repository.Read(".github/workflows/deploy.yml");

        Assert.InRange(text.IndexOf("az deployment sub what-if", StringComparison.Ordinal), 1, text.IndexOf("az deployment sub create", StringComparison.Ordinal));
        Assert.Contains("needs: what-if", text, StringComparison.Ordinal);
        Assert.Contains("id-token: write", text, StringComparison.Ordinal);
        Assert.DoesNotContain("creds:", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AzureYaml_Always_NamesTheServiceThatBicepTags()
    {
        var text = Repository.Read("azure.yaml");

        Assert.Matches(@"(?m)^services:\n  functions:\n    project: \./src/FunctionsApp$", text);
        Assert.Contains("'azd-service-name': 'functions'", Repository.Read("infra/modules/functionapp.bicep"), StringComparison.Ordinal);
        Assert.Contains("'azd-env-name': environmentName", Repository.Read("infra/main.bicep"), StringComparison.Ordinal);
        Assert.True(Directory.Exists(Repository.PathTo("src/FunctionsApp")));
    }

    [GeneratedRegex(@"(?m)^( *)(?:- )?run: (?:\|\n(?:\1 {2,}.*\n?)+|.*)")]
    private static partial Regex Script();
}
