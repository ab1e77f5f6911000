using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>The compiler, the linter and the formatter have nothing to say.</summary>
public sealed class CompilerTests
{
    [Fact]
    public async Task Lint_AllTemplates_IsSilent()
    {
        var run = await LintAsync(Repository.PathTo("infra"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Output.Trim());
        Assert.Equal("", run.Errors.Trim());
    }

    /// <summary>A wrong type is but a warning to the compiler, with exit code 0: the silence above must not hide it.</summary>
    [Theory]
    [InlineData("param unused string", "no-unused-params")]
    [InlineData("resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = { name: 'x', location: 'y', properties: { tenantId: 1 } }", "BCP")]
    public async Task Lint_BadTemplate_IsNotSilent(string template, string complaint)
    {
        var folder = CopyOfInfra();
        await File.WriteAllTextAsync(Path.Combine(folder, "modules", "bad.bicep"), template + "\n", TestContext.Current.CancellationToken);

        var run = await LintAsync(folder, "**/bad.bicep");

        Assert.Contains(complaint, run.Output + run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_MainAndParameters_IsSilent()
    {
        var template = await Bicep.RunAsync("build", Repository.PathTo("infra/main.bicep"), "--stdout");
        var parameters = await Bicep.RunAsync("build-params", Repository.PathTo("infra/main.bicepparam"), "--stdout");

        Assert.Equal(0, template.ExitCode);
        Assert.Equal("", template.Errors.Trim());
        Assert.Equal(0, parameters.ExitCode);
        Assert.Equal("", parameters.Errors.Trim());
    }

    [Fact]
    public async Task Format_AllTemplates_ChangesNothing()
    {
        var folder = CopyOfInfra();

        var run = await Bicep.RunInAsync(folder, "format", "--pattern", "**/*.bicep*");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Errors.Trim());
        Assert.All(Sources(), file => Assert.Equal(
            Repository.Read(file), File.ReadAllText(Path.Combine(folder, Path.GetRelativePath("infra", file))).ReplaceLineEndings("\n")));
    }

    [Fact]
    public void BicepConfig_EveryLinterRule_IsAnErrorButTheOneThatAges()
    {
        var levels = Repository.Read("infra/bicepconfig.json").Split('\n').Where(line => line.Contains("\"level\"", StringComparison.Ordinal)).ToList();

        Assert.True(levels.Count > 30);
        Assert.Contains("use-recent-api-versions", Assert.Single(levels, line => !line.Contains("\"error\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static Task<Bicep.Run> LintAsync(string folder, string pattern = "**/*.bicep") => Bicep.RunInAsync(folder, "lint", "--pattern", pattern);

    private static IEnumerable<string> Sources() => Repository.Files("infra", "*.*");

    private static string CopyOfInfra()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "copies", Guid.NewGuid().ToString("N"));
        foreach (var file in Sources())
        {
            var copy = Path.Combine(folder, Path.GetRelativePath("infra", file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Repository.PathTo(file), copy);
        }

        return folder;
    }
}
