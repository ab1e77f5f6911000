namespace JiraWebhooks.OAuth;

/// <summary>Where grants live: tokens rotate, so settings cannot hold them (docs/architecture.md#token-store).</summary>
public interface ITokenStore
{
    /// <summary>The grant of that name, or null where there is none. Whatever goes wrong is thrown as it comes: it is transient.</summary>
    Task<StoredGrant?> ReadAsync(string grant, CancellationToken cancellationToken);

    /// <summary>Writes <paramref name="value"/> if the stored version still is <paramref name="version"/> (null: if there is no grant yet).
    /// False means somebody else was faster, and nothing was written.</summary>
    Task<bool> TryWriteAsync(string grant, OAuthGrant value, string? version, CancellationToken cancellationToken);
}
