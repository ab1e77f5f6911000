using System.Text;

namespace JiraWebhooks.Hosting;

/// <summary>A secret as bytes. It never prints itself, so that a logged record cannot leak it.</summary>
public sealed class SiteSecret
{
    private readonly byte[] _bytes;

    private SiteSecret(byte[] bytes) => _bytes = bytes;

    /// <summary>The UTF-8 bytes that sign and verify; never empty.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Wraps <paramref name="value"/> without leading and trailing white space: files and pasted text often have it, and with it every
    /// delivery would be rejected. Returns null for an unusable value: empty, blank or an unresolved Key Vault reference, which App Service
    /// leaves in place as text (<see href="https://learn.microsoft.com/azure/app-service/app-service-key-vault-references"/>).</summary>
    public static SiteSecret? From(string? value) =>
        string.IsNullOrWhiteSpace(value) || IsUnresolved(value) ? null : new SiteSecret(Encoding.UTF8.GetBytes(value.Trim()));

    /// <summary>True for a Key Vault reference in place of a value: a secret exists, and this process does not know it.</summary>
    public static bool IsUnresolved(string? value) => value?.TrimStart().StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Returns the secret as text, for the one request that must contain it (OAuth token endpoint).</summary>
    public string Reveal() => Encoding.UTF8.GetString(_bytes);

    /// <inheritdoc/>
    public override string ToString() => "***";
}
