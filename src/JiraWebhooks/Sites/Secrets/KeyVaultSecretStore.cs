using Azure;
using Azure.Security.KeyVault.Secrets;
using JiraWebhooks.Storage;

namespace JiraWebhooks.Sites;

/// <summary>One Key Vault secret per site and purpose. Its versions are the revisions; the vault keeps them as history.</summary>
internal sealed class KeyVaultSecretStore(SecretClient secrets, TimeProvider clock) : ISecretStore
{
    /// <inheritdoc/>
    public async Task<SecretPair?> ReadAsync(string name, string revision, CancellationToken cancellationToken)
    {
        try
        {
            KeyVaultSecret secret = await secrets.GetSecretAsync(name, revision, cancellationToken: cancellationToken);
            return SecretJson.Read(secret.Value, name);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<string> WriteAsync(string name, SecretPair value, CancellationToken cancellationToken)
    {
        var secret = new KeyVaultSecret(name, SecretJson.Write(value));
        secret.Properties.ContentType = "application/json";
        return (await secrets.SetOrRecoverAsync(secret, clock, cancellationToken)).Properties.Version;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var secret in secrets.GetPropertiesOfSecretsAsync(cancellationToken)) names.Add(secret.Name);
        return names;
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
            // already deleted
        }
    }
}
