namespace LocalHost.Hosting;

/// <summary>What is wrong with the settings that this host alone reads; it is told with all the others.</summary>
internal static class LocalMistakes
{
    public static IEnumerable<string> Of(IConfiguration settings) => [.. Publisher(settings), .. TokenFolder(settings)];

    /// <summary>Where the grants are kept.</summary>
    public static string Tokens(IConfiguration settings) => settings["TokenFolder"] is { Length: > 0 } folder ? folder : Path.Combine(Azurite.LocalFolder.Path, "tokens");

    /// <summary>Makes the folder of the grants. A token that comes and cannot be kept is lost, and the consent with it.</summary>
    public static IEnumerable<string> TokenFolder(IConfiguration settings)
    {
        try
        {
            var folder = Tokens(settings);
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var trial = new FileStream(Path.Combine(folder, Path.GetRandomFileName()), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            return [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return ["TokenFolder cannot be made or written: set it to a folder of yours."];
        }
    }

    private static IEnumerable<string> Publisher(IConfiguration settings) =>
        settings["Publisher"] is { Length: > 0 } publisher && !string.Equals(publisher.Trim(), "StorageQueue", StringComparison.OrdinalIgnoreCase)
            ? ["Publisher must be StorageQueue on this host: for Service Bus run the Functions app."]
            : [];
}
