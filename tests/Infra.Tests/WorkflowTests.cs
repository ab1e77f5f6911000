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

    /// <summary>An expression inside a script contains text of the person who chose the input.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Scripts_Never_HoldExpressions(string workflow)
    {
        var scripts = Script().Matches(Repository.Read(workflow)).Select(match => match.Value);

        Assert.DoesNotContain(scripts, script => script.Contains("${{", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task Scripts_All_AreValidBash(string workflow)
    {
        foreach (var script in Script().Matches(Repository.Read(workflow)).Select(match => match.Groups[2].Value))
        {
            var run = await Support.Script.OfBash("-n", "-c", script.StartsWith("|\n", StringComparison.Ordinal) ? script[2..] : script).RunAsync();
            Assert.Equal(0, run.ExitCode);
            Assert.Equal("", run.Errors);
        }
    }

    /// <summary>What a developer runs and what CI runs is one script, and nothing is skipped in it.</summary>
    [Fact]
    public void Build_OnUbuntu_RunsWhatADeveloperRuns()
    {
        var job = Job("checks");

        Assert.Contains("    runs-on: ubuntu-", job, StringComparison.Ordinal);
        Assert.Contains("\n      - run: .ci/run\n", job, StringComparison.Ordinal);
        var script = Repository.Read(".ci/run");
        Assert.Matches(@"(?m)^export .*\bREQUIRE_ALL=1\b", script);
        Assert.All(
            ["dotnet test", "dotnet format FunctionsApp.sln --no-restore --verify-no-changes", ".ci/bicep", "shellcheck .ci/* tests/*.sh", ".ci/smoke"],
            check => Assert.Matches($"(?m)^(run|begin) [a-z]+ {Regex.Escape(check)}$", script));
        Assert.Contains("infra/**/*.bicep", Repository.Read(".ci/bicep"), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_OnOtherSystems_RunsTheCommandsOfTheReadme()
    {
        var job = Job("other-systems");

        Assert.Matches(@"os: \[windows-\d+, macos-\d+\]", job);
        Assert.All(["dotnet run --project src/LocalHost", "dotnet test"], command =>
        {
            Assert.Contains($"\n      - run: {command}", job, StringComparison.Ordinal);
            Assert.Contains($"\n{command}\n", Repository.Read("README.md"), StringComparison.Ordinal);
        });
    }

    /// <summary>A version of a tool that changes by itself breaks a commit that has not changed.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Tools_FromNpm_ArePinned(string workflow) =>
        Assert.All(NpmTool().Matches(Repository.Read(workflow)).SelectMany(match => match.Groups[1].Value.Split(' ')), tool => Assert.Matches(@"^[a-z-]+@\d+\.\d+\.\d+$", tool));

    [Fact]
    public void FunctionsHost_Always_RunsTheBuiltAppOnTheAzuriteThatLocalHostHas()
    {
        var job = Job("functions-host");
        var version = Version().Match(Repository.Read("src/LocalHost/Azurite/package.json")).Groups[1].Value;

        Assert.Contains($" azurite@{version}\n", job, StringComparison.Ordinal);
        Assert.Contains("dotnet publish src/FunctionsApp --output \"$RUNNER_TEMP/app\"", job, StringComparison.Ordinal);
        Assert.Contains("cd \"$RUNNER_TEMP/app\" && exec func start --no-build", job, StringComparison.Ordinal);
        Assert.Contains("tests/smoke.sh http://localhost:7071", job, StringComparison.Ordinal);
    }

    /// <summary>It costs money, so only a person starts it; and what a run leaves behind is deleted however it ends.</summary>
    [Fact]
    public void Azure_Always_IsStartedByHandAndDeletesWhatIsLeft()
    {
        var text = Repository.Read(".github/workflows/azure.yml");

        Assert.Matches(@"\non:\n  workflow_dispatch:\n    inputs:\n(      .*\n)+permissions:", text);
        Assert.Contains("run: tests/azure.sh \"$SUBSCRIPTION\" \"$LOCATION\"", text, StringComparison.Ordinal);
        Assert.Matches(@"name: Delete what is left\n        if: cancelled\(\) \|\| failure\(\)\n", text);
        Assert.DoesNotContain("creds:", text, StringComparison.Ordinal);
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

    private static string Job(string name) => Assert.Single(
        JobStart().Split(Repository.Read(".github/workflows/build.yml")), job => job.StartsWith($"{name}:\n", StringComparison.Ordinal));

    [GeneratedRegex(@"(?m)^( *)(?:- )?run: (\|\n(?:\1 {2,}.*\n?)+|.*)")]
    private static partial Regex Script();

    [GeneratedRegex(@"(?m)^  (?=[a-z-]+:$)")]
    private static partial Regex JobStart();

    [GeneratedRegex("npm install --global (.*)")]
    private static partial Regex NpmTool();

    [GeneratedRegex("\"azurite\": \"([^\"]+)\"")]
    private static partial Regex Version();
}
