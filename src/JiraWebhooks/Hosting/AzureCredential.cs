using Azure.Core;
using Azure.Identity;

namespace JiraWebhooks.Hosting;

/// <summary>The identity of the app.</summary>
internal static class AzureCredential
{
    /// <summary>The user-assigned identity <paramref name="clientId"/>; if it is null, what the machine offers.</summary>
    public static TokenCredential Of(string? clientId) => clientId is null
        ? new DefaultAzureCredential()
        : new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId));
}
