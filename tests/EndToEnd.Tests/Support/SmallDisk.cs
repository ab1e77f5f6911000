using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace EndToEnd.Tests.Support;

/// <summary>A disk of a few megabytes, mounted in memory at a folder. Linux lets only root do that.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Mounts it; skips the test where this machine does not permit it.</summary>
    public static async Task<SmallDisk> MountAsync(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        var refusal = await MountAsync(["-t", "tmpfs", "-o", Size(megabytes), "tmpfs", folder]);
        Assert.SkipWhen(refusal is not null, $"A full disk needs a mount, and this machine refuses it: {refusal}");
        return new(folder);
    }

    public async Task GrowAsync(int megabytes) => Assert.Null(await MountAsync(["-o", $"remount,{Size(megabytes)}", _folder]));

    public async ValueTask DisposeAsync() => await RunAsync("umount", ["--lazy", _folder]);

    private static string Size(int megabytes) => string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");

    private static async Task<string?> MountAsync(string[] arguments) =>
        await RunAsync("mount", arguments) is not { } refusal || await RunAsync("sudo", ["-n", "mount", .. arguments]) is null ? null : refusal;

    // What it said, or null if it did it.
    private static async Task<string?> RunAsync(string command, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            var said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? null : said.Trim();
        }
        catch (Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
