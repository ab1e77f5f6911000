using Azure;
using Azure.Security.KeyVault.Secrets;

namespace JiraWebhooks.Storage;

/// <summary>Writes secrets, also over deleted ones.</summary>
internal static class SecretClientExtensions
{
    private static readonly TimeSpan RecoveryStep = TimeSpan.FromSeconds(1);

    /// <summary>Sets a secret and returns it as the vault has it. A deleted secret keeps its name for days (soft delete): it is recovered first
    /// (<see href="https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview"/>).</summary>
    public static async Task<KeyVaultSecret> SetOrRecoverAsync(this SecretClient secrets, KeyVaultSecret secret, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            return await secrets.SetSecretAsync(secret, cancellationToken);
        }
        catch (RequestFailedException deleted) when (deleted.Status == 409)
        {
            var recovery = await secrets.StartRecoverDeletedSecretAsync(secret.Name, cancellationToken);
            while (!recovery.HasCompleted)
            {
                await Task.Delay(RecoveryStep, clock, cancellationToken);
                await recovery.UpdateStatusAsync(cancellationToken);
            }

            return await secrets.SetSecretAsync(secret, cancellationToken);
        }
    }
}
