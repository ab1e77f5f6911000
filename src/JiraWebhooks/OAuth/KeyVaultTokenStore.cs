using System.Text;
using Azure;
using Azure.Security.KeyVault.Secrets;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;

namespace JiraWebhooks.OAuth;

/// <summary>One Key Vault secret per grant. Key Vault has no compare-and-swap: the version is compared before the write, and the lease
/// under which grants are rotated excludes other writers in between (docs/architecture.md#token-store).</summary>
internal sealed class KeyVaultTokenStore(SecretClient secrets, TimeProvider clock) : ITokenStore
{
    /// <summary>Name of the secret that holds a grant.</summary>
    public static string SecretName(string grant) => $"jira-grant-{GrantName.Checked(grant)}";

    /// <inheritdoc/>
    public async Task<StoredGrant?> ReadAsync(string grant, CancellationToken cancellationToken)
    {
        try
        {
            KeyVaultSecret secret = await secrets.GetSecretAsync(SecretName(grant), cancellationToken: cancellationToken);
            return new StoredGrant(StoredGrantJson.Read(Encoding.UTF8.GetBytes(secret.Value)), secret.Properties.Version);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null; // never written, or deleted
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryWriteAsync(string grant, OAuthGrant value, string? version, CancellationToken cancellationToken)
    {
        if ((await ReadAsync(grant, cancellationToken))?.Version != version) return false;

        var secret = new KeyVaultSecret(SecretName(grant), Encoding.UTF8.GetString(StoredGrantJson.Write(value)));
        secret.Properties.ContentType = "application/json";
        if (version is null) await secrets.SetOrRecoverAsync(secret, clock, cancellationToken);
        else await secrets.SetSecretAsync(secret, cancellationToken);
        return true;
    }
}
