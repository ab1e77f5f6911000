using System.Text.Json;

namespace JiraWebhooks.OAuth;

/// <summary>The stored form of a grant, the same in a file and in Key Vault.</summary>
internal static class StoredGrantJson
{
    public static byte[] Write(OAuthGrant grant) => JsonSerializer.SerializeToUtf8Bytes(grant, OAuthJsonContext.Default.OAuthGrant);

    /// <summary>Parses a grant. Throws <see cref="InvalidDataException"/> without quoting the text, which may contain a token.</summary>
    public static OAuthGrant Read(ReadOnlySpan<byte> json, string grant)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, OAuthJsonContext.Default.OAuthGrant) is { RefreshToken.Length: > 0 } read) return read;
        }
        catch (JsonException)
        {
            // the message and the path of the exception may quote the text
        }

        throw new InvalidDataException($"The stored OAuth grant {grant} cannot be read: connect the site again, or restore it.");
    }
}
