using System.Globalization;
using LocalHost.Azurite;

namespace EndToEnd.Tests.Support;

/// <summary>A clone of its own: LocalHost beside a solution, so that the data of its Azurite, tokens and local.settings.json are the test's alone.</summary>
internal sealed class Clone : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clone").FullName;

    /// <summary>An installed Azurite is lent, not copied. In a new checkout the first tests find none, and their hosts need none or install their
    /// own.</summary>
    public Clone()
    {
        File.WriteAllText(Path.Combine(_folder, "FunctionsApp.sln"), "");
        var bin = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory)) File.Copy(file, Path.Combine(bin, Path.GetFileName(file)));
        Directory.CreateDirectory(Path.Combine(bin, "Azurite"));
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Azurite"))) File.Copy(file, Path.Combine(bin, "Azurite", Path.GetFileName(file)));

        var local = Directory.CreateDirectory(Path.Combine(_folder, ".local")).FullName;
        if (!Directory.Exists(LocalFolder.Path)) return;

        foreach (var installed in Directory.GetFiles(LocalFolder.Path, "installed", SearchOption.AllDirectories).Select(Path.GetDirectoryName))
        {
            if (!OperatingSystem.IsWindows()) Directory.CreateSymbolicLink(Path.Combine(local, Path.GetFileName(installed)!), installed!);
        }
    }

    /// <summary>LocalHost here.</summary>
    public string Assembly => Path.Combine(_folder, "bin", "LocalHost.dll");

    /// <summary>Where its own Azurite keeps what it has.</summary>
    public string Data => Path.Combine(_folder, ".local", "azurite-data");

    /// <summary>The key of its functions, from the first start on.</summary>
    public string Key => Path.Combine(_folder, ".local", "key");

    /// <summary>The process id of its Azurite.</summary>
    public async Task<int> AzuriteIdAsync(CancellationToken cancellationToken) =>
        int.Parse(await File.ReadAllTextAsync(Path.Combine(Data, "azurite.pid"), cancellationToken), CultureInfo.InvariantCulture);

    /// <summary>Writes local.settings.json.</summary>
    public void Settings(string json) => File.WriteAllText(SettingsFile, json);

    public string SettingsFile => Path.Combine(_folder, "local.settings.json");

    /// <summary>Puts a Node.js in front of the PATH that starts and does no more; the second value tells whether it has been started.</summary>
    public (string Path, Func<bool> IsStarted) NodeThatNeverListens()
    {
        var node = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "node")).FullName, "node");
        File.WriteAllText(node, "#!/bin/sh\ntouch \"$0.started\"\nexec sleep 3600\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(node, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return ($"{Path.GetDirectoryName(node)}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}", () => File.Exists($"{node}.started"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
