using System.Diagnostics;
using System.Text.Json;

namespace FunctionsApp.Tests;

/// <summary>A deployment is compiled ahead of time for Linux x64; a build is for any machine.</summary>
public sealed class PublishProfileTests
{
    private static readonly string[] Names = ["RuntimeIdentifier", "PublishReadyToRun", "SelfContained"];

    // "dotnet publish" sets _IsPublishing. azd and the workflows run it and name no profile.
    [Theory]
    [InlineData("true", "linux-x64", "true", "false")]
    [InlineData("", "", "", "false")]
    public async Task App_PublishedOrBuilt_IsCompiledAheadOnlyForADeployment(string isPublishing, params string[] expected) =>
        Assert.Equal(expected, await PropertiesAsync($"-p:_IsPublishing={isPublishing}"));

    [Theory]
    [InlineData("build.yml")]
    [InlineData("deploy.yml")]
    [InlineData("release.yml")]
    public void Workflow_ThatPackagesTheApp_PublishesIt(string workflow) =>
        Assert.Contains("dotnet publish src/FunctionsApp ", Repository.Read($".github/workflows/{workflow}"), StringComparison.Ordinal);

    private static async Task<IEnumerable<string>> PropertiesAsync(string argument)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", Repository.PathOf("src/FunctionsApp/FunctionsApp.csproj"), $"-getProperty:{string.Join(',', Names)}", argument]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        using var output = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        return [.. Names.Select(name => output.RootElement.GetProperty("Properties").GetProperty(name).GetString()!)];
    }
}
