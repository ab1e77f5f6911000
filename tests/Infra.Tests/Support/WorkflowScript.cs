using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Infra.Tests.Support;

/// <summary>A step's script, run as GitHub runs it (<c>bash -e</c>:
/// <see href="https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell"/>) with stand-ins for the
/// commands that need a cloud.</summary>
internal sealed partial class WorkflowScript(string workflow, string step)
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "workflows", Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>What the step told the next ones.</summary>
    public string Outputs => ReadIfThere("outputs");

    /// <summary>The stand-ins' calls, one on a line.</summary>
    public IReadOnlyList<string> Calls => ReadIfThere("calls").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Puts <paramref name="body"/> in the place of a command; a name with a path is one below the home folder.</summary>
    public WorkflowScript With(string command, string body)
    {
        var file = Path.Combine(_folder, command.Contains('/') ? command : $"bin/{command}");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"#!/bin/bash\necho \"{Path.GetFileName(command)} $*\" >> \"$HOME/calls\"\n{body}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return this;
    }

    public async Task<Bicep.Run> RunAsync(params (string Name, string Value)[] variables)
    {
        Assert.SkipWhen(
            Environment.GetEnvironmentVariable("REQUIRE_ALL") != "1" && !(File.Exists("/bin/bash") && File.Exists("/usr/bin/jq")),
            "The scripts are written for GitHub's Ubuntu: bash and jq.");
        await File.WriteAllTextAsync(Path.Combine(_folder, "script.sh"), Text(), TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("/bin/bash", ["-e", Path.Combine(_folder, "script.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["HOME"] = start.Environment["RUNNER_TEMP"] = _folder;
        start.Environment["PATH"] = $"{_folder}/bin:{start.Environment["PATH"]}";
        start.Environment["GITHUB_OUTPUT"] = Path.Combine(_folder, "outputs");
        foreach (var (name, value) in variables) start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>The lines below the step's <c>run: |</c>, without their indent.</summary>
    private string Text()
    {
        var steps = Repository.Read($".github/workflows/{workflow}.yml").Split("      - ");
        var run = Run().Match(Assert.Single(steps, each => each.StartsWith($"name: {step}\n", StringComparison.Ordinal)));
        Assert.True(run.Success, $"{step} has no script.");
        return string.Join('\n', run.Groups[1].Value.Split('\n').Select(line => line.Length > 10 ? line[10..] : ""));
    }

    private string ReadIfThere(string file) => Path.Combine(_folder, file) is var path && File.Exists(path) ? File.ReadAllText(path) : "";

    [GeneratedRegex(@"\n        run: \|\n((?: {10}.*\n?|\n)+)")]
    private static partial Regex Run();
}
