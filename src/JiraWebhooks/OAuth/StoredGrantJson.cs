using System.Text.Json;

namespace JiraWebhooks.OAuth;

/// <summary>The stored form of a grant, the same in a file and in Key Vault.</summary>
internal static class StoredGrantJson
{
    public static byte[] Write(OAuthGrant grant) => JsonSerializer.SerializeToUtf8Bytes(grant, OAuthJsonContext.Default.OAuthGrant);

    /// <summary>Parses a grant. A text that is none makes a grant with <see cref="OAuthGrant.IsUnreadable"/>.</summary>
    public static OAuthGrant Read(ReadOnlySpan<byte> json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, OAuthJsonContext.Default.OAuthGrant) is { RefreshToken.Length: > 0 } read) return read;
        }
        catch (JsonException)
        {
            // no grant
        }

        return new OAuthGrant { RefreshToken = "", Reason = "its stored text cannot be read", IsUnreadable = true };
    }
}
