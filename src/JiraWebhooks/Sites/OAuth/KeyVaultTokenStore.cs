using System.Text.Json;
using Azure;
using Azure.Security.KeyVault.Secrets;

namespace JiraWebhooks.Sites.OAuth;

/// <summary>Grants as Key Vault secrets. A vault has no compare-and-swap, so writers hold a lease as well (decision 12); the version check
/// here catches one whose lease ran out.</summary>
public sealed class KeyVaultTokenStore(SecretClient vault) : ITokenStore
{
    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The secret is no grant of ours.</exception>
    public async Task<StoredGrant?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        KeyVaultSecret secret;
        try
        {
            secret = (await vault.GetSecretAsync(SecretName(name), cancellationToken: cancellationToken)).Value;
        }
        catch (RequestFailedException missing) when (missing.Status is 404)
        {
            return null;
        }

        try
        {
            var grant = JsonSerializer.Deserialize(secret.Value, OAuthJsonContext.Default.OAuthGrant) ?? throw new JsonException();
            return new StoredGrant(grant, secret.Properties.Version);
        }
        catch (JsonException)
        {
            throw new InvalidDataException($"The Key Vault secret {SecretName(name)} is no OAuth grant: connect the site again.");
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryWriteAsync(string name, OAuthGrant grant, string? version, CancellationToken cancellationToken)
    {
        if ((await ReadAsync(name, cancellationToken))?.Version != version) return false;

        var secret = new KeyVaultSecret(SecretName(name), JsonSerializer.Serialize(grant, OAuthJsonContext.Default.OAuthGrant))
        {
            Properties = { ContentType = "application/json" },
        };
        await vault.SetSecretAsync(secret, cancellationToken);
        return true;
    }

    private static string SecretName(string name) => "jira-grant-" + GrantName.Safe(name);
}
