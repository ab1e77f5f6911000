using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>The scripts of the workflows do what they say, also where a command in them fails.</summary>
public sealed class WorkflowScriptTests
{
    private const string Compiler = ".nuget/packages/azure.bicep.commandline.linux-x64/1.2.3/tools/bicep";

    /// <summary>A red run without a word is one that nobody can mend.</summary>
    [Theory]
    [InlineData("build", 1)]
    [InlineData("build", 0)]
    [InlineData("build-params", 1)]
    [InlineData("build-params", 0)]
    [InlineData("lint", 1)]
    [InlineData("lint", 0)]
    public async Task BuildAndLint_ThatFindsSomething_FailsAndSaysWhat(string command, int code)
    {
        var script = new WorkflowScript("build", "Build and lint")
            .With(Compiler, $"[ \"$1\" != {command} ] || {{ echo \"main.bicep(1,1) : BCP036\" >&2; exit {code}; }}");

        var run = await script.RunAsync();

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("main.bicep(1,1) : BCP036", run.Output, StringComparison.Ordinal);
        Assert.Equal(["build", "build-params", "lint"], script.Calls.Select(call => call.Split(' ')[1]));
    }

    [Fact]
    public async Task BuildAndLint_ThatFindsNothing_IsGreen() =>
        Assert.Equal(0, (await new WorkflowScript("build", "Build and lint").With(Compiler, "exit 0").RunAsync()).ExitCode);

    [Fact]
    public async Task BuildAndLint_WhoseCompilerFailsWithoutAWord_IsRed() =>
        Assert.NotEqual(0, (await new WorkflowScript("build", "Build and lint").With(Compiler, "exit 1").RunAsync()).ExitCode);

    /// <summary>The group can be named by parameter. Azure changes the case of the outputs' names
    /// (<see href="https://github.com/Azure/azure-dev/issues/512"/>).</summary>
    [Theory]
    [InlineData("AZURE_RESOURCE_GROUP", "FUNCTION_APP_NAME")]
    [InlineData("azurE_RESOURCE_GROUP", "functioN_APP_NAME")]
    public async Task Provision_Always_TakesGroupAndAppFromTheDeployment(string group, string app)
    {
        var script = new WorkflowScript("deploy", "Provision").With("az", $$"""
            echo '{"{{group}}": {"type": "String", "value": "hooks"}, "other": {"type": "String", "value": "x"}, "{{app}}": {"type": "String", "value": "func-1"} }'
            """);

        var run = await script.RunAsync(("AZURE_ENV_NAME", "production"), ("AZURE_LOCATION", "westeurope"));

        Assert.Equal((0, "group=hooks\napp=func-1\n"), (run.ExitCode, script.Outputs));
        Assert.Contains("--query properties.outputs", Assert.Single(script.Calls), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo '{}'")]
    [InlineData("exit 1")]
    public async Task Provision_WithoutThoseOutputs_Fails(string az) =>
        Assert.NotEqual(0, (await new WorkflowScript("deploy", "Provision").With("az", az).RunAsync()).ExitCode);

    /// <summary>Until it is told, Azure may know no function but WarmUp, and no timer fires
    /// (<see href="https://github.com/Azure/azure-functions-host/issues/10169"/>).</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task FunctionsKnown_AfterSomeTries_IsGreen(int codeOfSync)
    {
        var script = Functions($$"""
            case "$*" in
              "functionapp show"*) echo /subscriptions/s/app ;;
              rest*) echo x >> "$HOME/tries"; exit {{codeOfSync}} ;;
              *) echo func-1/WarmUp; [ $(wc -l < "$HOME/tries") -lt 3 ] || echo func-1/RefreshWebhooks ;;
            esac
            """);

        var run = await script.RunAsync(("GROUP", "hooks"), ("APP", "func-1"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(3, script.Calls.Count(call => call.Contains("rest --method post --url https://management.azure.com/subscriptions/s/app/host/default/sync?api-version=2024-11-01", StringComparison.Ordinal)));
        Assert.Equal(2, script.Calls.Count(call => call.StartsWith("sleep ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("echo func-1/WarmUp")]
    [InlineData("exit 1")]
    public async Task FunctionsKnown_Never_IsRedAfterMinutesAndSaysWhy(string list)
    {
        var script = Functions($"case \"$*\" in *list*) {list} ;; *) echo /subscriptions/s/app ;; esac");

        var run = await script.RunAsync(("GROUP", "hooks"), ("APP", "func-1"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("RefreshWebhooks", run.Output, StringComparison.Ordinal);
        Assert.InRange(script.Calls.Count(call => call.StartsWith("az rest", StringComparison.Ordinal)), 10, 30);
        Assert.Contains("[Function(nameof(RefreshWebhooks))]", Repository.Read("src/FunctionsApp/RefreshWebhooks.cs"), StringComparison.Ordinal);
    }

    private static WorkflowScript Functions(string az) => new WorkflowScript("deploy", "Make the functions known").With("az", az).With("sleep", "exit 0");
}
