using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace JiraSimulator;

/// <summary>Makes and checks signatures as Atlassian does. It shares no code with the product, so that one error cannot hide in both.</summary>
internal static class Signatures
{
    public static string Jwt(string secret, params (string Name, object Value)[] claims)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(claims.ToDictionary(claim => claim.Name, claim => claim.Value));
        var signed = Base64Url.EncodeToString("""{"typ":"JWT","alg":"HS256"}"""u8) + "." + Base64Url.EncodeToString(payload);
        return signed + "." + Base64Url.EncodeToString(Hmac(secret, Encoding.ASCII.GetBytes(signed)));
    }

    /// <summary>Returns the claims of a token with a valid signature that has not expired, or null.</summary>
    public static JsonElement? Claims(string token, string secret, DateTimeOffset now)
    {
        try
        {
            var parts = token.Split('.');
            if (parts.Length != 3) return null;

            var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])).RootElement;
            var mac = Hmac(secret, Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]));
            if (header.GetProperty("alg").GetString() != "HS256" || !mac.AsSpan().SequenceEqual(Base64Url.DecodeFromChars(parts[2]))) return null;

            var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
            return claims.GetProperty("exp").GetInt64() > now.ToUnixTimeSeconds() ? claims : null;
        }
        catch (Exception broken) when (broken is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public static string Hub(string secret, byte[] body) => "sha256=" + Convert.ToHexStringLower(Hmac(secret, body));

    /// <summary>Returns Atlassian's query string hash, of a path without the product's base path.</summary>
    public static string QueryHash(string method, string path, string query)
    {
        if (path.Length > 1 && path.EndsWith('/')) path = path[..^1];
        var parameters = query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: Decode(pair[0]), Value: pair.Length > 1 ? Decode(pair[1]) : ""))
            .Where(parameter => parameter.Name != "jwt")
            .GroupBy(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Uri.EscapeDataString(group.Key) + "=" + string.Join(',', group.Order(StringComparer.Ordinal).Select(Uri.EscapeDataString)));
        var canonical = $"{method.ToUpperInvariant()}&{(path.Length == 0 ? "/" : path.Replace("&", "%26", StringComparison.Ordinal))}&{string.Join('&', parameters)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));

        static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
    }

    private static byte[] Hmac(string secret, byte[] data) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), data);
}
