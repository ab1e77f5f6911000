using System.Text.Json;

namespace JiraWebhooks.OAuth;

/// <summary>The stored form of a grant, the same in a file and in Key Vault.</summary>
internal static class StoredGrantJson
{
    public static byte[] Write(OAuthGrant grant) => JsonSerializer.SerializeToUtf8Bytes(grant, OAuthJsonContext.Default.OAuthGrant);

    /// <summary>Throws <see cref="InvalidDataException"/> without quoting the text, which may hold a token.</summary>
    public static OAuthGrant Read(ReadOnlySpan<byte> json, string grant)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, OAuthJsonContext.Default.OAuthGrant) is { RefreshToken.Length: > 0 } read) return read;
        }
        catch (JsonException)
        {
            // its message and path may quote what it could not read
        }

        throw new InvalidDataException($"The stored OAuth grant {grant} cannot be read: connect the site again, or restore it.");
    }
}
