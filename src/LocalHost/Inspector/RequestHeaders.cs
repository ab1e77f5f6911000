using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace LocalHost.Inspector;

/// <summary>What the page shows of a request's headers.</summary>
internal static class RequestHeaders
{
    private const string Mask = "…";
    private const int LongestToken = 8 * 1024;

    private static readonly string[] Credentials = ["Authorization", "X-Hub-Signature", "X-Hub-Signature-256", "Cookie", "Proxy-Authorization", "x-functions-key"];

    /// <summary>The headers, with a mask in place of each credential.</summary>
    public static IReadOnlyList<ShownHeader> Masked(IHeaderDictionary headers) =>
        [.. headers.SelectMany(header => header.Value, (header, value) => new ShownHeader(header.Key, IsCredential(header.Key) ? Masked(value ?? "") : value ?? ""))];

    /// <summary>True for a header whose value must not be shown.</summary>
    public static bool IsCredential(string name) => Credentials.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The claims of a token as JSON, whether or not its signature is valid; null if it has none.</summary>
    public static string? Claims(string authorization)
    {
        var parts = authorization.Length <= LongestToken ? authorization[(authorization.IndexOf(' ') + 1)..].Split('.') : [];
        if (parts.Length != 3) return null;

        try
        {
            var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1]));
            using var json = JsonDocument.Parse(claims);
            return claims;
        }
        catch (Exception odd) when (odd is FormatException or JsonException)
        {
            return null;
        }
    }

    // The scheme says which kind of credential it was: "Bearer …", "sha256=…".
    private static string Masked(string value)
    {
        var end = value.AsSpan().IndexOfAny(' ', '=');
        return end is > 0 and < 16 ? value[..(end + 1)] + Mask : Mask;
    }
}
