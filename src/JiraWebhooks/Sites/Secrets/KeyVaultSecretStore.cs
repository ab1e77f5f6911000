using Azure;
using Azure.Security.KeyVault.Secrets;
using JiraWebhooks.Sites.OAuth;

namespace JiraWebhooks.Sites.Secrets;

/// <summary>One Key Vault secret per site and purpose; its versions are the history that the vault keeps.</summary>
public sealed class KeyVaultSecretStore(SecretClient secrets, TimeProvider clock) : ISecretStore
{
    /// <inheritdoc/>
    public async Task<SecretPair?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            KeyVaultSecret secret = await secrets.GetSecretAsync(name, cancellationToken: cancellationToken);
            return SecretJson.Read(secret.Value, name);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task WriteAsync(string name, SecretPair value, CancellationToken cancellationToken)
    {
        var secret = new KeyVaultSecret(name, SecretJson.Write(value));
        secret.Properties.ContentType = "application/json";
        return secrets.SetOrRecoverAsync(secret, clock, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await secrets.StartDeleteSecretAsync(name, cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            // gone already
        }
    }
}
