using System.Security.Cryptography;
using JiraWebhooks.Hosting;
using Microsoft.Extensions.Primitives;

namespace JiraWebhooks.Deliveries;

/// <summary><c>X-Hub-Signature: method=hexdigest</c>, an HMAC over the raw body
/// (<see href="https://www.w3.org/TR/websub/#signature-validation"/>). Jira says the method may change, so it is read from the header,
/// but only from this list: SHA-1 is not on it.</summary>
internal static class HubSignatureVerifier
{
    /// <summary>The hash to append the body to; null if <paramref name="header"/> is malformed.</summary>
    public static IncrementalHash? Begin(StringValues header, SiteSecret secret)
    {
        Span<byte> claimed = stackalloc byte[SHA512.HashSizeInBytes];
        if (Read(header, claimed, out var size) is not null) return null;

        return size switch
        {
            SHA256.HashSizeInBytes => SecretHmac.Take(secret),
            SHA384.HashSizeInBytes => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA384, secret.Bytes),
            _ => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA512, secret.Bytes),
        };
    }

    /// <summary>The result for <paramref name="body"/>. <paramref name="hash"/> has hashed all of it with the secret it was created with.</summary>
    public static Verification End(IncrementalHash hash, StringValues header, ReadOnlySpan<byte> body, SiteSecret secret, SiteSecret? previous)
    {
        Span<byte> claimed = stackalloc byte[SHA512.HashSizeInBytes];
        Span<byte> actual = stackalloc byte[SHA512.HashSizeInBytes];
        if (Read(header, claimed, out var size) is { } wrong) return wrong;

        hash.GetHashAndReset(actual);
        if (size == SHA256.HashSizeInBytes) SecretHmac.Give(secret, hash);
        else hash.Dispose();

        claimed = claimed[..size];
        return CryptographicOperations.FixedTimeEquals(actual[..size], claimed) || (previous is not null && Matches(previous, body, claimed))
            ? Verification.Authentic
            : Verification.BadSignature;
    }

    /// <summary>The error in the form of <paramref name="header"/>; null if the form is valid and the body must be verified.</summary>
    public static Verification? Check(StringValues header) => Read(header, stackalloc byte[SHA512.HashSizeInBytes], out _);

    private static Verification? Read(StringValues header, Span<byte> claimed, out int size)
    {
        size = 0;
        if (header.Count != 1 || string.IsNullOrEmpty(header[0])) return Verification.NoCredential;

        var value = header[0].AsSpan();
        var equals = value.IndexOf('=');
        if (equals < 0 || (size = Size(value[..equals])) == 0) return Verification.Malformed;

        // Upper-case digits are the same number; a truncated digest is not the same digest.
        var digits = value[(equals + 1)..];
        return digits.Length == 2 * size && IsHex(digits, claimed[..size]) ? null : Verification.Malformed;
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
