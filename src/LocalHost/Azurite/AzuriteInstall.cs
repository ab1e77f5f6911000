using LocalHost.Npm;

namespace LocalHost.Azurite;

/// <summary>Azurite from npm, in the version of the repository's lock file, installed once per machine and clone.</summary>
public static class AzuriteInstall
{
    private const string Notice = "Installing Azurite, the storage emulator, from npm. Once, about a minute.";

    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "Azurite");

    /// <summary>Returns the path of Azurite's main script; installs Azurite first if it is missing, which takes about a minute.</summary>
    /// <exception cref="AzuriteException">Node or npm is missing, or npm failed.</exception>
    public static async Task<string> EnsureAsync(TextWriter log, CancellationToken cancellationToken)
    {
        try
        {
            var folder = await NpmPackages.EnsureAsync(Source, "azurite", Notice, log, cancellationToken);
            return Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js");
        }
        catch (NpmException error)
        {
            throw new AzuriteException($"Azurite cannot be installed. {error.Message} Or set AzureWebJobsStorage to a storage of your own.", error);
        }
    }
}
