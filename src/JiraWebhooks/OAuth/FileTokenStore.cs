using System.Security.Cryptography;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;

namespace JiraWebhooks.OAuth;

/// <summary>One JSON file per grant, for one machine. A write replaces the whole file, so a reader never sees half a file. An exclusive lock
/// file stops a second process between the version check and the write. Only the owner can read the file (mode 600).</summary>
public sealed class FileTokenStore(JiraWebhooksOptions options, TimeProvider clock) : ITokenStore
{
    private static readonly TimeSpan LockStep = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    private readonly string _folder = Path.GetFullPath(options.TokenFolder);

    /// <inheritdoc/>
    public async Task<StoredGrant?> ReadAsync(string grant, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(FilePath(grant, "json"), new FileStreamOptions
            {
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous,
            });
            var json = new byte[file.Length];
            await file.ReadExactlyAsync(json, cancellationToken);
            return new StoredGrant(StoredGrantJson.Read(json), Version(json));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryWriteAsync(string grant, OAuthGrant value, string? version, CancellationToken cancellationToken)
    {
        OwnerOnly.CreateFolder(_folder);
        await using var held = await LockAsync(FilePath(grant, "lock"), cancellationToken);
        if ((await ReadAsync(grant, cancellationToken))?.Version != version) return false;

        // A draft left by a crash can be deleted: no other process writes while this one holds the lock.
        var draft = FilePath(grant, "tmp");
        File.Delete(draft);
        await using (var file = new FileStream(draft, OwnerOnly.NewFile()))
        {
            await file.WriteAsync(StoredGrantJson.Write(value), cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, FilePath(grant, "json"), overwrite: true);
        return true;
    }

    private async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, OwnerOnly.Exclusive(FileMode.OpenOrCreate));
            }
            catch (IOException) when (clock.GetElapsedTime(began) < LockPatience)
            {
                await Task.Delay(LockStep, clock, cancellationToken);
            }
        }
    }

    // A hash of the content, so that a manual edit is a new version too.
    private static string Version(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json));

    private string FilePath(string grant, string extension) => Path.Combine(_folder, $"{GrantName.Checked(grant)}.{extension}");
}
