using System.Security.Cryptography;
using JiraWebhooks.Sites;
using Microsoft.Extensions.Primitives;

namespace JiraWebhooks.Deliveries;

/// <summary><c>X-Hub-Signature: method=hexdigest</c>, an HMAC over the raw body
/// (<see href="https://www.w3.org/TR/websub/#signature-validation"/>). Jira says the method may change, so it is read from the header,
/// but only from this list: SHA-1 is not on it.</summary>
internal static class HubSignatureVerifier
{
    public static Verification Verify(StringValues header, ReadOnlySpan<byte> body, SiteSecret secret, SiteSecret? previous)
    {
        if (header.Count != 1 || string.IsNullOrEmpty(header[0])) return Verification.NoCredential;

        var value = header[0].AsSpan();
        var equals = value.IndexOf('=');
        if (equals < 0 || Size(value[..equals]) is not (> 0 and var size)) return Verification.Malformed;

        // Upper-case digits are the same number; a truncated digest is not the same digest.
        Span<byte> claimed = stackalloc byte[SHA512.HashSizeInBytes];
        var digits = value[(equals + 1)..];
        if (digits.Length != 2 * size || !IsHex(digits, claimed[..size])) return Verification.Malformed;

        return Matches(secret, body, claimed[..size]) || (previous is not null && Matches(previous, body, claimed[..size]))
            ? Verification.Authentic
            : Verification.BadSignature;
    }

    private static int Size(ReadOnlySpan<char> method) =>
        method.Equals("sha256", StringComparison.OrdinalIgnoreCase) ? SHA256.HashSizeInBytes
        : method.Equals("sha384", StringComparison.OrdinalIgnoreCase) ? SHA384.HashSizeInBytes
        : method.Equals("sha512", StringComparison.OrdinalIgnoreCase) ? SHA512.HashSizeInBytes
        : 0;

    private static bool IsHex(ReadOnlySpan<char> digits, Span<byte> bytes) =>
        Convert.FromHexString(digits, bytes, out _, out _) is System.Buffers.OperationStatus.Done;

    private static bool Matches(SiteSecret secret, ReadOnlySpan<byte> body, ReadOnlySpan<byte> claimed)
    {
        Span<byte> actual = stackalloc byte[SHA512.HashSizeInBytes];
        if (claimed.Length == SHA256.HashSizeInBytes) SecretHmac.Hash(secret, body, actual);
        else if (claimed.Length == SHA384.HashSizeInBytes) HMACSHA384.HashData(secret.Bytes, body, actual);
        else HMACSHA512.HashData(secret.Bytes, body, actual);

        return CryptographicOperations.FixedTimeEquals(actual[..claimed.Length], claimed);
    }
}
