using System.Security.Cryptography;
using System.Text.Json;

namespace JiraWebhooks.Sites.OAuth;

/// <summary>Grants as files that only the user can read, for one machine. Several processes may share the folder.</summary>
public sealed class FileTokenStore(string folder, TimeProvider clock) : ITokenStore
{
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file is no grant of ours.</exception>
    public async Task<StoredGrant?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(PathOf(name), cancellationToken);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            var grant = JsonSerializer.Deserialize(bytes, OAuthJsonContext.Default.OAuthGrant) ?? throw new JsonException();
            return new StoredGrant(grant, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (JsonException)
        {
            // The parser's own words could hold a piece of the token.
            throw new InvalidDataException($"{PathOf(name)} is no OAuth grant: delete it and connect the site again.");
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryWriteAsync(string name, OAuthGrant grant, string? version, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var turn = await LockAsync(PathOf(name) + ".lock", cancellationToken);
        if ((await ReadAsync(name, cancellationToken))?.Version != version) return false;

        // A reader sees the old file or the new one, never half of one.
        var next = PathOf(name) + ".new";
        await using (var file = Create(next, FileMode.Create))
        {
            await JsonSerializer.SerializeAsync(file, grant, OAuthJsonContext.Default.OAuthGrant, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, PathOf(name), overwrite: true);
        return true;
    }

    private string PathOf(string name) => Path.Combine(folder, GrantName.Safe(name) + ".json");

    private async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return Create(path, FileMode.OpenOrCreate);
            }
            catch (IOException taken) when (taken is not (DirectoryNotFoundException or PathTooLongException))
            {
                await Task.Delay(LockPause, clock, cancellationToken);
            }
        }
    }

    private static FileStream Create(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
