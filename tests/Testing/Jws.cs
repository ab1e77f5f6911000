using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Testing;

/// <summary>Tokens of any header and claims, as Jira makes them and as an attacker would. It shares no code with the product.</summary>
internal static class Jws
{
    public static string Sign(string header, string claims, string secret) => Sign(header, Encoding.UTF8.GetBytes(claims), secret);

    public static string Sign(string header, byte[] claims, string secret) => Sign(header, claims, signed => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));

    public static string Sign(string header, byte[] claims, Func<byte[], byte[]> sign)
    {
        var signed = Part(header) + "." + Base64Url.EncodeToString(claims);
        return signed + "." + Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)));
    }

    public static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
