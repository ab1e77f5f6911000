using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary><c>.ci/run</c> with stand-ins for its tools: it runs every check, and its last line has the counts.</summary>
public sealed class CiRunTests
{
    private static readonly string[] Checks =
    [
        "dotnet test", "dotnet build tests/Soak", "dotnet run --no-build --project tests/Soak -- --events 5000 --pending 600", "dotnet run --no-build --project tests/Soak -- --events 500 --bus",
        "dotnet format FunctionsApp.sln --no-restore --verify-no-changes", "bicep ", "shellcheck ", "smoke ",
    ];

    private const string Tests = """printf '  total: 7\n  failed: 0\n  succeeded: 6\n  skipped: 1\n'""";

    [Fact]
    public async Task Run_WhereAllIsWell_EndsWithTheCounts()
    {
        var script = Ci();

        var run = await script.RunAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("\n6 passed, 0 failed, 1 skipped\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(Checks.Order(StringComparer.Ordinal), Seen(script));
        Assert.DoesNotContain("broken", run.Output, StringComparison.Ordinal);
    }

    /// <summary>One failure must not hide the next.</summary>
    [Theory]
    [InlineData("dotnet", "[ \"$1\" != format ] || exit 2", "broken: format no-test-ran")]
    [InlineData("dotnet", "printf '  failed: 1\\n  succeeded: 5\\n'; [ $1 != test ] || exit 2", "broken: tests")]
    [InlineData("dotnet", "printf '  failed: 0\\n  succeeded: 5\\n'; [ $1 != run ] || exit 1", "broken: soak soak-bus")]
    [InlineData("shellcheck", "exit 1", "broken: shellcheck")]
    [InlineData(".ci/bicep", "exit 1", "broken: bicep")]
    [InlineData(".ci/smoke", "exit 1", "broken: smoke")]
    public async Task Run_WhereACheckFails_RunsTheOthersAndIsRed(string command, string body, string broken)
    {
        var script = Ci().With(command, body);

        var run = await script.RunAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Matches($@"\n{broken}\n\d+ passed, \d+ failed, \d+ skipped\n$", run.Output);
        Assert.Equal(Checks.Order(StringComparer.Ordinal), Seen(script));
    }

    [Fact]
    public async Task Run_WithoutAnyTest_IsRed()
    {
        var run = await Ci().With("dotnet", "exit 0").RunAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("\nbroken: no-test-ran\n0 passed, 0 failed, 0 skipped\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "apt-get install -y -qq jq")]
    [InlineData("1000", "sudo apt-get install -y -qq jq")]
    public async Task Run_WithoutATool_InstallsItAsRoot(string user, string install)
    {
        // No other command than these can be found.
        var script = Ci().With("id", $"echo {user}").With("apt-get", "exit 0").With("sudo", "exit 0");
        string[] tools = ["awk", "cat", "dirname", "mktemp", "rm", "sed", "tee"];
        foreach (var tool in tools) script.With(tool, $"exec /usr/bin/{tool} \"$@\"");
        File.Delete(Path.Combine(script.Home, "bin/jq"));

        var run = await script.RunAsync(("PATH", Path.Combine(script.Home, "bin")));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal([install], script.Calls.Where(call => call.Contains(" install ", StringComparison.Ordinal) && (user == "0" || call.StartsWith("sudo", StringComparison.Ordinal))));
    }

    private static Script Ci()
    {
        var script = Script.OfCopy(".ci/run").With("dotnet", $"[ \"$1\" != test ] || {Tests}").With(".ci/bicep", "exit 0").With(".ci/smoke", "exit 0");
        string[] tools = ["chromium", "curl", "faketime", "jq", "node", "npm", "openssl", "shellcheck"];
        return tools.Aggregate(script, (with, tool) => with.With(tool, "exit 0"));
    }

    // One check runs beside others.
    private static IEnumerable<string> Seen(Script script) =>
        script.Calls.Select(call => Checks.FirstOrDefault(check => call.StartsWith(check, StringComparison.Ordinal))).OfType<string>().Order(StringComparer.Ordinal);
}
