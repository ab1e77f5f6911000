using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>The scripts of the workflows do what they say, also where a command in them fails.</summary>
public sealed partial class WorkflowScriptTests
{
    /// <summary>The group can be named by parameter. Azure changes the case of the outputs' names
    /// (<see href="https://github.com/Azure/azure-dev/issues/512"/>).</summary>
    [Theory]
    [InlineData("AZURE_RESOURCE_GROUP", "FUNCTION_APP_NAME")]
    [InlineData("azurE_RESOURCE_GROUP", "functioN_APP_NAME")]
    public async Task Provision_Always_TakesGroupAndAppFromTheDeployment(string group, string app)
    {
        var script = Script.OfStep("deploy", "Provision").With("az", $$"""
            echo '{"{{group}}": {"type": "String", "value": "hooks"}, "other": {"type": "String", "value": "x"}, "{{app}}": {"type": "String", "value": "func-1"} }'
            """);

        var run = await script.RunAsync(("AZURE_ENV_NAME", "production"), ("AZURE_LOCATION", "westeurope"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("group=hooks\napp=func-1\n", script.Outputs);
        Assert.Contains("--query properties.outputs", Assert.Single(script.Calls), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo '{}'")]
    [InlineData("exit 1")]
    public async Task Provision_WithoutThoseOutputs_Fails(string az) =>
        Assert.NotEqual(0, (await Script.OfStep("deploy", "Provision").With("az", az).RunAsync()).ExitCode);

    /// <summary>Roles need minutes after provisioning: <see href="https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"/>.</summary>
    [Fact]
    public async Task Publish_RefusedTwice_IsTriedAgainUntilItSucceeds()
    {
        var script = Publishing("echo x >> \"$HOME/tries\"; [ $(wc -l < \"$HOME/tries\") -eq 3 ]");

        var run = await script.RunAsync(("GROUP", "hooks"), ("APP", "func-1"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            Enumerable.Repeat($"az functionapp deployment source config-zip --resource-group hooks --name func-1 --src {script.Home}/app.zip --output none", 3),
            script.Calls.Where(call => call.StartsWith("az ", StringComparison.Ordinal)));
        Assert.Equal(2, script.Calls.Count(call => call == "sleep 30"));
        Assert.DoesNotContain("::error::", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_RefusedAlways_IsRedAfterMinutesAndSaysWhy()
    {
        var script = Publishing("echo 'Forbidden (403)' >&2; exit 1");

        var run = await script.RunAsync(("GROUP", "hooks"), ("APP", "func-1"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("::error::Publishing failed", run.Output, StringComparison.Ordinal);
        Assert.Contains("Forbidden (403)", run.Errors, StringComparison.Ordinal);
        Assert.Equal(10, script.Calls.Count(call => call.StartsWith("az functionapp deployment", StringComparison.Ordinal)));
    }

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

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Errors);
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
        Assert.Contains(Assert.Single(LogQuery().Matches(Repository.Read("docs/operate.md"))).Value, run.Output, StringComparison.Ordinal);
        Assert.InRange(script.Calls.Count(call => call.StartsWith("az rest", StringComparison.Ordinal)), 10, 30);
        Assert.Contains("[Function(nameof(RefreshWebhooks))]", Repository.Read("src/FunctionsApp/RefreshWebhooks.cs"), StringComparison.Ordinal);
    }

    /// <summary>A run that was ended has not deleted its group; one that ended by itself has.</summary>
    [Theory]
    [InlineData("echo true", true)]
    [InlineData("exit 1", true)]
    [InlineData("echo false", false)]
    public async Task WhatIsLeftInAzure_AfterARunThatWasEnded_IsDeleted(string exists, bool deletes)
    {
        var script = Script.OfStep("azure", "Delete what is left").With("az", $"case \"$*\" in *cancel*) exit 1 ;; *exists*) {exists} ;; esac");

        var run = await script.RunAsync(("SUBSCRIPTION", "mine"), ("SMOKE_NAME", "smoke-1"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(deletes ? ["az group delete --subscription mine --name rg-smoke-1 --yes"] : [], script.Calls.Where(call => call.Contains("delete", StringComparison.Ordinal)));
    }

    private static Script Publishing(string az) => Script.OfStep("deploy", "Publish").With("az", az).With("sleep", "exit 0");

    private static Script Functions(string az) => Script.OfStep("deploy", "Make the functions known").With("az", az).With("sleep", "exit 0");

    [GeneratedRegex("AppTraces .* 'the settings are invalid' .*")]
    private static partial Regex LogQuery();
}
