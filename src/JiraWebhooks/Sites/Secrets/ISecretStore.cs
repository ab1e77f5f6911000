namespace JiraWebhooks.Sites;

/// <summary>Stores the secrets of sites that are not in the settings: in Key Vault, or in files on one machine. Errors of the store are passed
/// on and do not contain the secret.</summary>
public interface ISecretStore
{
    /// <summary>Returns that revision of the secret, or null if there is none. A revision never changes.</summary>
    Task<SecretPair?> ReadAsync(string name, string revision, CancellationToken cancellationToken);

    /// <summary>Adds a revision next to the existing ones and returns its name. It is not used until a row names it.</summary>
    Task<string> WriteAsync(string name, SecretPair value, CancellationToken cancellationToken);

    /// <summary>Returns all names that have a secret, for every purpose.</summary>
    Task<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Deletes every revision; it is no error if there is none.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);
}
