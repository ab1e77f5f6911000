using System.Security.Cryptography;
using System.Text;

namespace JiraWebhooks.Sites.OAuth;

/// <summary>Keeps grants between runs and instances (decision 12): a file on one machine, a Key Vault secret in Azure.</summary>
public interface ITokenStore
{
    /// <summary>The grant of that name, or null when there is none.</summary>
    Task<StoredGrant?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Writes the grant if the store still holds <paramref name="version"/>, null meaning none; false when it does not.</summary>
    Task<bool> TryWriteAsync(string name, OAuthGrant grant, string? version, CancellationToken cancellationToken);
}

/// <summary>Names that are safe in a path and in a vault.</summary>
internal static class GrantName
{
    /// <summary><paramref name="name"/> where it is short and plain, else its hash.</summary>
    public static string Safe(string name) =>
        name.Length is > 0 and <= 64 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-')
            ? name.ToLowerInvariant()
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
