using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using JiraWebhooks.Hosting;

namespace JiraWebhooks.Deliveries;

/// <summary>Compact JWS, HS256 and nothing else (<see href="https://www.rfc-editor.org/rfc/rfc7515"/>,
/// <see href="https://www.rfc-editor.org/rfc/rfc8725"/>). The algorithm is fixed and not taken from the token, so the signature is verified before
/// any JSON is read. A sender without the secret never reaches a parser.</summary>
internal static class JwtVerifier
{
    /// <summary>Maximum length of a token, in characters. Jira's are below 1 KB.</summary>
    public const int MaxLength = 8 * 1024;

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Checks the signature with both secrets, then header and claims. <paramref name="wrong"/> are the token's times, set only with
    /// <see cref="Verification.WrongTimes"/>.</summary>
    public static Verification Verify(ReadOnlySpan<char> token, SiteSecret secret, SiteSecret? previous, in JwtRules rules, DateTimeOffset now, out TokenTimes? wrong)
    {
        wrong = null;
        if (token.Length > MaxLength) return Verification.Malformed;

        // The framework's decoder accepts whitespace and padding; a JWS has neither.
        var dot = token.IndexOf('.');
        var lastDot = token.LastIndexOf('.');
        if (dot <= 0 || lastDot <= dot + 1 || token[(dot + 1)..lastDot].Contains('.') || token.ContainsAnyExcept(Alphabet))
        {
            return Verification.Malformed;
        }

        var rented = ArrayPool<byte>.Shared.Rent(2 * token.Length);
        try
        {
            var ascii = rented.AsSpan(0, token.Length);
            Encoding.ASCII.GetBytes(token, ascii);
            Span<byte> signature = stackalloc byte[SHA256.HashSizeInBytes];
            if (!TryDecode(ascii[(lastDot + 1)..], signature, out var size) || size != signature.Length) return Verification.Malformed;
            if (!Matches(secret, ascii[..lastDot], signature) && (previous is null || !Matches(previous, ascii[..lastDot], signature)))
            {
                return Verification.BadSignature;
            }

            var json = rented.AsSpan(token.Length);
            if (!TryDecode(ascii[..dot], json, out size) || !JwtHeader.IsHs256(json[..size])) return Verification.Malformed;
            if (!TryDecode(ascii[(dot + 1)..lastDot], json, out size)) return Verification.Malformed;

            return JwtClaims.TryRead(json[..size], rules, out var claims) ? rules.Judge(claims, now, out wrong) : Verification.BadClaims;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static bool TryDecode(ReadOnlySpan<byte> base64Url, Span<byte> bytes, out int written) =>
        Base64Url.DecodeFromUtf8(base64Url, bytes, out _, out written) is OperationStatus.Done;

    private static bool Matches(SiteSecret secret, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        Span<byte> actual = stackalloc byte[SHA256.HashSizeInBytes];
        SecretHmac.Hash(secret, signed, actual);
        return CryptographicOperations.FixedTimeEquals(actual, signature);
    }
}
