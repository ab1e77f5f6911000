using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

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
        var trimmed = path.Length > 1 ? path.TrimEnd('/') : path;
        var parameters = QueryHelpers.ParseQuery(query)
            .Where(parameter => parameter.Key != "jwt")
            .OrderBy(parameter => parameter.Key, StringComparer.Ordinal)
            .Select(parameter => Uri.EscapeDataString(parameter.Key) + "=" + string.Join(',', parameter.Value.Order(StringComparer.Ordinal).Select(value => Uri.EscapeDataString(value ?? ""))));
        var canonical = $"{method}&{(trimmed.Length == 0 ? "/" : trimmed.Replace("&", "%26", StringComparison.Ordinal))}&{string.Join('&', parameters)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }

    private static byte[] Hmac(string secret, byte[] data) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), data);
}
