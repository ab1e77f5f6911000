using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>The scripts that CI and developers run can be read by bash, and tell what they find.</summary>
public sealed class CiScriptTests
{
    public static TheoryData<string> Scripts => [.. Repository.Files(".ci", "*"), .. Repository.Files("tests", "*.sh")];

    private static string Compiler => Path.Combine(["packages", .. Repository.BicepPath.Split('/', '\\')[^4..]]).Replace('\\', '/');

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Scripts_All_AreValidBash(string script)
    {
        var run = await Script.OfBash("-n", Repository.PathTo(script)).RunAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Equal("", run.Errors);
        Assert.StartsWith("#!/usr/bin/env bash\n", Repository.Read(script), StringComparison.Ordinal);
        Assert.Contains("\nset -euo pipefail\n", Repository.Read(script), StringComparison.Ordinal);
    }

    /// <summary>Git keeps only this bit of a file's mode, and a workflow starts the scripts by their path.</summary>
    [Theory]
    [MemberData(nameof(Scripts))]
    public void Scripts_All_CanBeExecuted(string script)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no such bit.");
        else Assert.True(File.GetUnixFileMode(Repository.PathTo(script)).HasFlag(UnixFileMode.UserExecute));
    }

    [Theory]
    [InlineData("build", 1)]
    [InlineData("build", 0)]
    [InlineData("build-params", 1)]
    [InlineData("build-params", 0)]
    [InlineData("lint", 1)]
    [InlineData("lint", 0)]
    public async Task Bicep_ThatFindsSomething_FailsAndSaysWhat(string command, int code)
    {
        var script = Script.OfFile(".ci/bicep")
            .With(Compiler, $"[ \"$1\" != {command} ] || {{ echo \"main.bicep(1,1) : BCP036\" >&2; exit {code}; }}");

        var run = await script.RunAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"bicep {command}: main.bicep(1,1) : BCP036", run.Output, StringComparison.Ordinal);
        Assert.Equal(["build", "build-params", "lint"], script.Calls.Select(call => call.Split(' ')[1]).Distinct());
    }

    [Fact]
    public async Task Bicep_ThatFindsNothing_IsGreen() =>
        Assert.Equal(0, (await Script.OfFile(".ci/bicep").With(Compiler, "exit 0").RunAsync()).ExitCode);

    [Fact]
    public async Task Bicep_WhoseCompilerFailsWithoutAWord_IsRed() =>
        Assert.NotEqual(0, (await Script.OfFile(".ci/bicep").With(Compiler, "exit 1").RunAsync()).ExitCode);
}
