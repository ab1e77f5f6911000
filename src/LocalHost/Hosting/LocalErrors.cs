using JiraWebhooks.Storage;

namespace LocalHost.Hosting;

/// <summary>Errors in settings that only this host reads; they are reported with all others.</summary>
internal static class LocalErrors
{
    public static IEnumerable<string> Of(IConfiguration settings) => [.. Publisher(settings), .. TokenFolder(settings)];

    /// <summary>Returns the folder of the grants.</summary>
    public static string Tokens(IConfiguration settings) => settings["TokenFolder"] is { Length: > 0 } folder ? folder : Path.Combine(Azurite.LocalFolder.Path, "tokens");

    /// <summary>Creates the folder of the grants. A token that cannot be stored is lost, and the consent with it.</summary>
    public static IEnumerable<string> TokenFolder(IConfiguration settings)
    {
        try
        {
            var folder = Tokens(settings);
            OwnerOnly.CreateFolder(folder);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose };
            using var trial = new FileStream(Path.Combine(folder, Path.GetRandomFileName()), options);
            return [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return ["TokenFolder cannot be created or written: set it to a folder that your user can write."];
        }
    }

    private static IEnumerable<string> Publisher(IConfiguration settings) =>
        settings["Publisher"] is { Length: > 0 } publisher && !string.Equals(publisher.Trim(), "StorageQueue", StringComparison.OrdinalIgnoreCase)
            ? ["Publisher must be StorageQueue on this host: remove it, and start with --bus for Service Bus."]
            : [];
}
