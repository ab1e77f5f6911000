namespace JiraWebhooks.Storage;

/// <summary>Files and folders that nobody but their owner may read.</summary>
public static class OwnerOnly
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder if it is not there.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Mode | UnixFileMode.UserExecute);
    }

    /// <summary>Takes from all others what they may do in a folder that is there.</summary>
    public static void CloseFolder(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, Mode | UnixFileMode.UserExecute);
    }

    /// <summary>Options of a file that must not exist yet.</summary>
    public static FileStreamOptions NewFile() => Exclusive(FileMode.CreateNew);

    /// <summary>Options of a file that nobody else may open meanwhile.</summary>
    public static FileStreamOptions Exclusive(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        return options;
    }
}
