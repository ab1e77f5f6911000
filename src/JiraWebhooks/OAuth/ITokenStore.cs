namespace JiraWebhooks.OAuth;

/// <summary>Stores the grants: tokens rotate, so settings cannot hold them (docs/architecture.md#token-store).</summary>
public interface ITokenStore
{
    /// <summary>Returns the grant of that name, or null if there is none. Errors of the store are passed on; they are transient.</summary>
    Task<StoredGrant?> ReadAsync(string grant, CancellationToken cancellationToken);

    /// <summary>Writes <paramref name="value"/> if the stored version is still <paramref name="version"/> (null: if there is no grant yet).
    /// Returns false, and writes nothing, if another process wrote first.</summary>
    Task<bool> TryWriteAsync(string grant, OAuthGrant value, string? version, CancellationToken cancellationToken);
}
