using System.ComponentModel;
using System.Diagnostics;
using LocalHost.Npm;

namespace EndToEnd.Tests.Support;

/// <summary>The public clients of Jira in the folder <c>JiraClients</c>, from npm in the versions of its lock file.</summary>
internal static class NodeClients
{
    private static readonly string Source = Path.Combine(Repository.Root, "tests", "EndToEnd.Tests", "JiraClients");

    /// <summary>Runs a script and returns what it prints. A warning or an error of the script fails the test. Where npm or Node.js is missing, the
    /// test is skipped, unless REQUIRE_ALL is 1.</summary>
    public static async Task<string> RunAsync(string script, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            var folder = await EnsureAsync(cancellationToken);
            return await NodeAsync(folder, await File.ReadAllTextAsync(Path.Combine(Source, script), cancellationToken), arguments, cancellationToken);
        }
        catch (Exception missing) when (missing is NpmException or Win32Exception && Environment.GetEnvironmentVariable("REQUIRE_ALL") != "1")
        {
            Assert.Skip(missing is NpmException ? missing.Message : "node is missing: install Node.js 20 or later (https://nodejs.org).");
            throw;
        }
    }

    /// <summary>The folder whose <c>node_modules</c> has the packages. Skips the test as <see cref="RunAsync"/> does.</summary>
    public static async Task<string> FolderAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await EnsureAsync(cancellationToken);
        }
        catch (NpmException missing) when (Environment.GetEnvironmentVariable("REQUIRE_ALL") != "1")
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }

    private static Task<string> EnsureAsync(CancellationToken cancellationToken) =>
        NpmPackages.EnsureAsync(Source, "jira-clients", "Installing clients of Jira from npm. Once.", TextWriter.Null, cancellationToken);

    // A script from standard input finds the packages of the working directory.
    private static async Task<string> NodeAsync(string folder, string script, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node", ["--input-type=module", "-", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        await using var ended = cancellationToken.Register(() => node.Kill(entireProcessTree: true));
        var output = node.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = node.StandardError.ReadToEndAsync(cancellationToken);
        await node.StandardInput.WriteAsync(script.AsMemory(), cancellationToken);
        node.StandardInput.Close();
        await node.WaitForExitAsync(cancellationToken);

        if (await errors is { Length: > 0 } text) Assert.Fail($"The script ended with {node.ExitCode} and wrote:\n{text}");
        Assert.Equal(0, node.ExitCode);
        return await output;
    }
}
