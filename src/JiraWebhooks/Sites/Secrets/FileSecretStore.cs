using JiraWebhooks.Hosting;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Sites;

/// <summary>One JSON file per revision, for one machine, next to the grants. Only the owner can read it (mode 600).</summary>
internal sealed class FileSecretStore(JiraWebhooksOptions options) : ISecretStore
{
    private readonly string _folder = Path.GetFullPath(Path.Combine(options.TokenFolder, "secrets"));

    /// <inheritdoc/>
    public async Task<SecretPair?> ReadAsync(string name, string revision, CancellationToken cancellationToken)
    {
        try
        {
            return SecretJson.Read(await File.ReadAllTextAsync(FilePath(name, revision), cancellationToken), name);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<string> WriteAsync(string name, SecretPair value, CancellationToken cancellationToken)
    {
        OwnerOnly.CreateFolder(_folder);

        // The draft is moved into place, so a reader never sees half a file.
        var revision = Guid.NewGuid().ToString("N");
        var draft = $"{FilePath(name, revision)}.tmp";
        await using (var file = new StreamWriter(draft, OwnerOnly.NewFile())) await file.WriteAsync(SecretJson.Write(value).AsMemory(), cancellationToken);
        File.Move(draft, FilePath(name, revision));
        return revision;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyCollection<string>>(
        Directory.Exists(_folder) ? [.. Directory.GetFiles(_folder, "*.json").Select(file => Path.GetFileName(file).Split('.')[0]).Distinct(StringComparer.Ordinal)] : []);

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_folder)) return Task.CompletedTask;

        foreach (var file in Directory.GetFiles(_folder, $"{GrantName.Checked(name)}.*")) File.Delete(file);
        return Task.CompletedTask;
    }

    private string FilePath(string name, string revision) => Path.Combine(_folder, $"{GrantName.Checked(name)}.{GrantName.Checked(revision)}.json");
}
