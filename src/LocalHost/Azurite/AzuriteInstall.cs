using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace LocalHost.Azurite;

/// <summary>Azurite from npm, in the version of the repository's lock file, installed once per machine and clone.</summary>
public static class AzuriteInstall
{
    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "Azurite");

    /// <summary>Returns the path of Azurite's main script; installs Azurite first if it is missing, which takes about a minute.</summary>
    /// <exception cref="AzuriteException">Node or npm is missing, or npm failed.</exception>
    public static async Task<string> EnsureAsync(TextWriter log, CancellationToken cancellationToken)
    {
        var package = await File.ReadAllBytesAsync(Path.Combine(Source, "package-lock.json"), cancellationToken);
        var folder = Path.Combine(LocalFolder.Path, "azurite-" + Convert.ToHexStringLower(SHA256.HashData(package))[..12]);
        var main = Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js");
        var done = Path.Combine(folder, "installed");
        if (File.Exists(done)) return main;

        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AzuriteException($"The folder {folder} cannot be made, so Azurite cannot be installed: {error.Message}", error);
        }

        await using var turn = await OneAtATimeAsync(Path.Combine(folder, "lock"), cancellationToken);
        if (File.Exists(done)) return main;

        await log.WriteLineAsync("Installing Azurite, the storage emulator, from npm. Once, about a minute.");
        foreach (var file in new[] { "package.json", "package-lock.json" }) File.Copy(Path.Combine(Source, file), Path.Combine(folder, file), overwrite: true);
        await RunNpmAsync(folder, cancellationToken);
        await File.WriteAllTextAsync(done, "", cancellationToken);
        return main;
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
            if (process.ExitCode != 0)
            {
                throw new AzuriteException($"npm could not install Azurite (exit code {process.ExitCode}): {(await said).Trim().Split('\n')[0]} Check the network, or set AzureWebJobsStorage to a storage of your own.");
            }
        }
        catch (Win32Exception missing)
        {
            throw new AzuriteException("npm is missing: install Node.js 20 or later (https://nodejs.org), or set AzureWebJobsStorage to a storage of your own.", missing);
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
