namespace JiraWebhooks.Storage;

/// <summary>Files and folders that only their owner can read.</summary>
public static class OwnerOnly
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates the folder if it does not exist.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Mode | UnixFileMode.UserExecute);
    }

    /// <summary>Removes all permissions of group and others from an existing folder.</summary>
    public static void CloseFolder(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, Mode | UnixFileMode.UserExecute);
    }

    /// <summary>Options to create a file that must not exist yet.</summary>
    public static FileStreamOptions NewFile() => Exclusive(FileMode.CreateNew);

    /// <summary>Options to open a file that no other process may open at the same time.</summary>
    public static FileStreamOptions Exclusive(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        return options;
    }
}
