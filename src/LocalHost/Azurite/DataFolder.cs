using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using JiraWebhooks.Storage;

namespace LocalHost.Azurite;

/// <summary>The folder in which an Azurite keeps its data, locked for one at a time: each overwrites the files with its own state.</summary>
internal sealed class DataFolder : IDisposable
{
    // Longer than the time that host.cjs gives Azurite to save.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _held;

    private readonly string _location;

    private DataFolder(FileStream held, string location) => (_held, _location) = (held, location);

    /// <summary>The file that exists while an Azurite runs, with its process id.</summary>
    public string Running => Path.Combine(_location, "azurite.pid");

    /// <summary>The last ports of Azurite.</summary>
    public AzuritePorts Ports => field ??= AzuritePorts.Load(PortsIn(_location));

    /// <summary>The file with the last ports of an Azurite.</summary>
    public static string PortsIn(string location) => Path.Combine(location, "ports");

    /// <exception cref="AzuriteException">Another process holds the folder, or it cannot be created.</exception>
    public static async Task<DataFolder> TakeAsync(string location, CancellationToken cancellationToken)
    {
        var folder = new DataFolder(Hold(location), location);
        try
        {
            await folder.WaitForTheLastAsync(cancellationToken);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public void Dispose() => _held.Dispose();

    private static FileStream Hold(string location)
    {
        try
        {
            OwnerOnly.CreateFolder(location);
            OwnerOnly.CloseFolder(location);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AzuriteException($"The folder {location} cannot be created, so Azurite cannot store its data: {error.Message}", error);
        }

        try
        {
            return new FileStream(Path.Combine(location, "localhost.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new AzuriteException($"Another LocalHost uses the data in {location}: stop it, or set AzureWebJobsStorage to a separate storage.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new AzuriteException($"The folder {location} cannot be written, so Azurite cannot store its data.", error);
        }
    }

    // A killed host leaves an Azurite that still saves. A start before its end would read, and later write, less than was acknowledged.
    private async Task WaitForTheLastAsync(CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (IsRunning() && TimeProvider.System.GetElapsedTime(began) < Patience) await Task.Delay(Step, TimeProvider.System, cancellationToken);
    }

    private bool IsRunning()
    {
        try
        {
            if (!int.TryParse(File.ReadAllText(Running), CultureInfo.InvariantCulture, out var id)) return File.Exists(Running);

            // A process that started after the file was written only reuses the id.
            using var process = Process.GetProcessById(id);
            return process.StartTime.ToUniversalTime() <= File.GetLastWriteTimeUtc(Running) + TimeSpan.FromSeconds(1);
        }
        catch (Exception ended) when (ended is IOException or ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }
}
