namespace JiraWebhooks.Sites.Secrets;

/// <summary>Where the secrets of sites live that are not fixed in the settings: Key Vault, or files on one machine. Whatever goes wrong is
/// thrown as it comes, without the secret.</summary>
public interface ISecretStore
{
    /// <summary>The secret of that name, or null where there is none.</summary>
    Task<SecretPair?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Writes it, whatever was there.</summary>
    Task WriteAsync(string name, SecretPair value, CancellationToken cancellationToken);

    /// <summary>Removes it; one that is not there is no error.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);
}
