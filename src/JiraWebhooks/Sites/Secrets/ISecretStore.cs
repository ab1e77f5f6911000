namespace JiraWebhooks.Sites;

/// <summary>Where the secrets of sites live that are not fixed in the settings: Key Vault, or files on one machine. Whatever goes wrong is
/// thrown as it comes, without the secret.</summary>
public interface ISecretStore
{
    /// <summary>That revision of the secret, or null where there is none. A revision never changes.</summary>
    Task<SecretPair?> ReadAsync(string name, string revision, CancellationToken cancellationToken);

    /// <summary>Keeps it beside the revisions there are, and gives the name of its own: nobody uses it until a row names it.</summary>
    Task<string> WriteAsync(string name, SecretPair value, CancellationToken cancellationToken);

    /// <summary>The names that have a secret, whatever it is for.</summary>
    Task<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Removes every revision; none there is no error.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);
}
