using JiraWebhooks.Sites.OAuth;

namespace JiraWebhooks.Sites.Secrets;

/// <summary>One JSON file per secret, for one machine, beside the grants. Only the owner may read it (mode 600).</summary>
public sealed class FileSecretStore(JiraWebhooksOptions options) : ISecretStore
{
    private readonly string _folder = Path.GetFullPath(Path.Combine(options.TokenFolder, "secrets"));

    /// <inheritdoc/>
    public async Task<SecretPair?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return SecretJson.Read(await File.ReadAllTextAsync(FilePath(name), cancellationToken), name);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string name, SecretPair value, CancellationToken cancellationToken)
    {
        OwnerOnly.CreateFolder(_folder);

        // A draft under a name of its own, moved into place: a reader never meets half a file, nor do two writers.
        var draft = $"{FilePath(name)}.{Guid.NewGuid():N}.tmp";
        await using (var file = new StreamWriter(draft, OwnerOnly.NewFile())) await file.WriteAsync(SecretJson.Write(value).AsMemory(), cancellationToken);
        File.Move(draft, FilePath(name), overwrite: true);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        if (Directory.Exists(_folder)) File.Delete(FilePath(name));
        return Task.CompletedTask;
    }

    private string FilePath(string name) => Path.Combine(_folder, $"{GrantName.Checked(name)}.json");
}
