using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Infra.Tests.Support;

/// <summary>A bash script of this repository, run with stand-ins for the commands that need a cloud.</summary>
internal sealed partial class Script
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "scripts", Guid.NewGuid().ToString("N"))).FullName;
    private readonly string[] _arguments;

    private Script(Func<string, string[]> arguments) => _arguments = arguments(_folder);

    /// <summary>Home folder of the run, and its folder of temporary files.</summary>
    public string Home => _folder;

    /// <summary>What a step told the next ones.</summary>
    public string Outputs => ReadIfThere("outputs");

    /// <summary>The stand-ins' calls, one on a line.</summary>
    public IReadOnlyList<string> Calls => ReadIfThere("calls").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A file of the repository, started as a user starts it.</summary>
    public static Script OfFile(string file, params string[] arguments) => new(_ => [Repository.PathTo(file), .. arguments]);

    /// <summary>A copy of the file below the home folder, where the scripts that it calls can have stand-ins too.</summary>
    public static Script OfCopy(string file) => new(folder =>
    {
        var copy = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.WriteAllText(copy, Repository.Read(file));
        return [copy];
    });

    /// <summary>Bash itself with these arguments.</summary>
    public static Script OfBash(params string[] arguments) => new(_ => arguments);

    /// <summary>A step of a workflow, run as GitHub runs it (<c>bash -e</c>:
    /// <see href="https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell"/>).</summary>
    public static Script OfStep(string workflow, string step) => new(folder =>
    {
        var file = Path.Combine(folder, "step.sh");
        File.WriteAllText(file, Text(workflow, step));
        return ["-e", file];
    });

    /// <summary>Puts <paramref name="body"/> in the place of a command; a name with a path is one below the home folder.</summary>
    public Script With(string command, string body)
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
            Environment.GetEnvironmentVariable("REQUIRE_ALL") != "1" && !(OperatingSystem.IsLinux() && File.Exists("/usr/bin/jq")),
            "The scripts are written for Linux: bash and jq.");
        var start = new ProcessStartInfo("/bin/bash", _arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["HOME"] = start.Environment["RUNNER_TEMP"] = start.Environment["TMPDIR"] = _folder;
        start.Environment["PATH"] = $"{_folder}/bin:{start.Environment["PATH"]}";
        start.Environment["GITHUB_OUTPUT"] = Path.Combine(_folder, "outputs");
        start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder, "packages");
        foreach (var (name, value) in variables) start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>The lines below the step's <c>run: |</c>, without their indent.</summary>
    private static string Text(string workflow, string step)
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
