using System.Diagnostics;
using System.Text.Json;

namespace FunctionsApp.Tests;

public sealed class PublishProfileTests
{
    private static readonly string[] Names = ["RuntimeIdentifier", "PublishReadyToRun", "SelfContained"];

    /// <summary>azd runs the plain command, and has no way to name a profile.</summary>
    [Theory]
    [InlineData("-p:_IsPublishing=true")]
    [InlineData("-p:PublishProfile=azure")]
    public async Task Publish_OfTheApp_IsCompiledAheadForAzure(string argument) =>
        Assert.Equal(["linux-x64", "true", "false"], await PropertiesAsync(argument));

    /// <summary>Core Tools build and do not publish; tests, LocalHost and every developer's machine run that.</summary>
    [Fact]
    public async Task Build_OfTheApp_IsForAnyMachine() => Assert.Equal(["", "", "false"], await PropertiesAsync());

    [Fact]
    public void Workflow_OfTheDeployment_PublishesWithTheProfile() =>
        Assert.Contains("dotnet publish src/FunctionsApp --configuration Release -p:PublishProfile=azure ", Repository.Read(".github/workflows/deploy.yml"), StringComparison.Ordinal);

    private static async Task<IEnumerable<string>> PropertiesAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", Repository.PathOf("src/FunctionsApp/FunctionsApp.csproj"), $"-getProperty:{string.Join(',', Names)}", .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        using var output = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        return [.. Names.Select(name => output.RootElement.GetProperty("Properties").GetProperty(name).GetString()!)];
    }
}
