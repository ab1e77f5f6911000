using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using LocalHost.Azurite;

namespace LocalHost.Npm;

/// <summary>Packages from npm in the versions of a lock file of the repository, installed once per machine and clone.</summary>
internal static class NpmPackages
{
    /// <summary>Returns the folder that has the packages in <c>node_modules</c>; installs them first if they are missing.</summary>
    /// <param name="source">Folder of package.json and package-lock.json.</param>
    /// <param name="name">Start of the folder's name.</param>
    /// <param name="notice">What to write before an installation.</param>
    /// <param name="log">Receives the notice.</param>
    /// <param name="cancellationToken">Ends the installation.</param>
    /// <exception cref="NpmException">Node or npm is missing, or npm failed.</exception>
    public static async Task<string> EnsureAsync(string source, string name, string notice, TextWriter log, CancellationToken cancellationToken)
    {
        var package = await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"), cancellationToken);
        var folder = Path.Combine(LocalFolder.Path, $"{name}-{Convert.ToHexStringLower(SHA256.HashData(package))[..12]}");
        var done = Path.Combine(folder, "installed");
        if (File.Exists(done)) return folder;

        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NpmException($"The folder {folder} cannot be made: {error.Message}", error);
        }

        await using var turn = await OneAtATimeAsync(Path.Combine(folder, "lock"), cancellationToken);
        if (File.Exists(done)) return folder;

        await log.WriteLineAsync(notice);
        foreach (var file in new[] { "package.json", "package-lock.json" }) File.Copy(Path.Combine(source, file), Path.Combine(folder, file), overwrite: true);
        await RunNpmAsync(folder, cancellationToken);
        await File.WriteAllTextAsync(done, "", cancellationToken);
        return folder;
    }

    private static async Task RunNpmAsync(string folder, CancellationToken cancellationToken)
    {
        var npm = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(npm)!;

            // If npm continued, it would write to the folder at the same time as the next installation.
            await using var ended = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
            var said = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw new NpmException($"npm failed (exit code {process.ExitCode}): {(await said).Trim().Split('\n')[0]} Check the network.");
        }
        catch (Win32Exception missing)
        {
            throw new NpmException("npm is missing: install Node.js 20 or later (https://nodejs.org).", missing);
        }
    }

    // Test projects run in parallel, each in its own process.
    private static async Task<FileStream> OneAtATimeAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
            }
        }
    }
}
