using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Testing.Attacks;

/// <summary>Tokens of any header and claims.</summary>
internal static class Jws
{
    public static string Sign(string header, string claims, string secret) => Sign(header, claims, signed => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));

    public static string Sign(string header, string claims, Func<byte[], byte[]> sign)
    {
        var signed = Part(header) + "." + Part(claims);
        return signed + "." + Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)));
    }

    public static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
